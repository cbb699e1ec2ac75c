import * as Answering from "@outlet/core/conversations/answering";

export const { estimate } = Answering;
