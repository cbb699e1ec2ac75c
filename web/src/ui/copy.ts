/** Words of the components themselves. */
export const copy = {
  copied: "Copied",
  copyRefused: "The browser does not allow copying here. Select the text and copy it yourself.",
  requestId: "Request id",
  copyRequestId: "Copy the request id",
};
