"""Stock Python clients against a published bot: base URL, key and model are all that is set.

Prints one line for each check, `ok NAME` or `not ok NAME: REASON`; exits non-zero where one failed.
"""

import asyncio
import json
import os
import sys
import urllib.request
import warnings

warnings.filterwarnings("ignore")
BASE = os.environ["OUTLET_BASE_URL"]
KEY = os.environ["OUTLET_KEY"]
MODEL = "echo"
PNG = os.environ["OUTLET_PNG"]
CHECKS = []


def check(fn):
    CHECKS.append(fn)
    return fn


def echo(text, before=0, images=0):
    return f'You said "{text}" after {before} messages with {images} images.'


def same(actual, expected):
    assert actual == expected, f"{actual!r} is not {expected!r}"


def raises(kind, act):
    try:
        act()
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was not raised")


def client(**more):
    import openai

    return openai.OpenAI(base_url=BASE, api_key=KEY, **more)


@check
def openai_responses():
    c = client()
    first = c.responses.create(model=MODEL, input="One")
    same(first.output_text, echo("One"))
    second = c.responses.create(model=MODEL, input="Two", previous_response_id=first.id)
    same(second.output_text, echo("Two", 2))
    same(c.responses.retrieve(first.id).output_text, echo("One"))
    same([item.role for item in c.responses.input_items.list(first.id)], ["user"])
    c.responses.delete(second.id)


@check
def openai_responses_stream():
    with client().responses.stream(model=MODEL, input="Hi") as stream:
        for _ in stream:
            pass
        same(stream.get_final_response().output_text, echo("Hi"))
    events = list(client().responses.create(model=MODEL, input="Hi", stream=True))
    same([e.sequence_number for e in events], list(range(len(events))))


@check
def openai_background():
    c = client()
    made = c.responses.create(model=MODEL, input="Hi", background=True)
    events = list(c.responses.retrieve(made.id, stream=True))
    rest = list(c.responses.retrieve(made.id, stream=True, starting_after=2))
    same([e.sequence_number for e in rest], [e.sequence_number for e in events][3:])
    same(c.responses.retrieve(made.id).status, "completed")
    same(c.responses.cancel(made.id).status, "completed")


@check
def openai_chat():
    c = client()
    content = [{"type": "text", "text": "Look"}, {"type": "image_url", "image_url": {"url": PNG}}]
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "One"},
        {"role": "assistant", "content": "Two"},
        {"role": "user", "content": content},
    ]
    chat = c.chat.completions.create(model=MODEL, messages=messages)
    same(chat.choices[0].message.content, echo("Look", 2, 1))
    stream = c.chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": "Hi"}],
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = list(stream)
    same("".join(x.choices[0].delta.content or "" for x in chunks if x.choices), echo("Hi"))
    same(chunks[-1].usage.total_tokens, 19)


@check
def openai_models():
    same([m.id for m in client().models.list()], ["echo", "outlet-demo"])


@check
def openai_errors():
    import openai

    c = client()
    raises(openai.BadRequestError, lambda: c.responses.create(model=MODEL, input="Hi", temperature=9))
    raises(openai.NotFoundError, lambda: c.responses.create(model="nope", input="Hi"))
    stranger = openai.OpenAI(base_url=BASE, api_key="outlet_nobody")
    raises(openai.PermissionDeniedError, stranger.models.list)
    raises(openai.InternalServerError, lambda: c.responses.create(model=MODEL, input="fail"))
    raises(openai.APIError, lambda: list(c.responses.create(model=MODEL, input="fail", stream=True)))
    failing = [{"role": "user", "content": "fail"}]
    raises(
        openai.APIError,
        lambda: list(c.chat.completions.create(model=MODEL, messages=failing, stream=True)),
    )


@check
def openai_waits_out_too_many_requests():
    import openai

    base, key = os.environ["OUTLET_SLOW_BASE_URL"], os.environ["OUTLET_SLOW_KEY"]
    c = openai.OpenAI(base_url=base, api_key=key)
    for _ in range(3):
        c.models.list()
    hasty = openai.OpenAI(base_url=base, api_key=key, max_retries=0)
    raises(openai.RateLimitError, lambda: [hasty.models.list() for _ in range(4)])


@check
def openai_agents():
    from agents import (
        Agent,
        OpenAIChatCompletionsModel,
        OpenAIResponsesModel,
        Runner,
        set_tracing_disabled,
    )
    from openai import AsyncOpenAI

    set_tracing_disabled(True)

    async def run():
        for kind in (OpenAIResponsesModel, OpenAIChatCompletionsModel):
            model = kind(model=MODEL, openai_client=AsyncOpenAI(base_url=BASE, api_key=KEY))
            agent = Agent(name="Echo", instructions="Be brief.", model=model)
            first = await Runner.run(agent, "One")
            same(first.final_output, echo("One"))
            again = first.to_input_list() + [{"role": "user", "content": "Two"}]
            same((await Runner.run(agent, again)).final_output, echo("Two", 2))
            streamed = Runner.run_streamed(agent, "Hi")
            async for _ in streamed.stream_events():
                pass
            same(streamed.final_output, echo("Hi"))

    asyncio.run(run())


@check
def langchain():
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
    from langchain_openai import ChatOpenAI

    for responses in (False, True):
        model = ChatOpenAI(
            model=MODEL, base_url=BASE, api_key=KEY, use_responses_api=responses, stream_usage=True
        )
        history = [
            SystemMessage("Be brief."),
            HumanMessage("One"),
            AIMessage("Two"),
            HumanMessage("Three"),
        ]
        answer = model.invoke(history)
        same(answer.text, echo("Three", 2))
        same(answer.usage_metadata["total_tokens"], 19)
        same("".join(chunk.text for chunk in model.stream("Hi")), echo("Hi"))
        raises(Exception, lambda: model.invoke("fail"))


@check
def pydantic_ai():
    from pydantic_ai import Agent
    from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
    from pydantic_ai.providers.openai import OpenAIProvider

    for kind in (OpenAIChatModel, OpenAIResponsesModel):
        model = kind(MODEL, provider=OpenAIProvider(base_url=BASE, api_key=KEY))
        agent = Agent(model, instructions="Be brief.")
        first = agent.run_sync("One")
        same(first.output, echo("One"))
        second = agent.run_sync("Two", message_history=first.all_messages())
        same(second.output, echo("Two", 2))

        async def stream():
            async with agent.run_stream("Hi") as result:
                return await result.get_output()

        same(asyncio.run(stream()), echo("Hi"))


@check
def litellm_sdk():
    import litellm

    where = {"api_base": BASE, "api_key": KEY, "model": f"openai/{MODEL}"}
    messages = [{"role": "user", "content": "Hi"}]
    answer = litellm.completion(messages=messages, **where)
    same(answer.choices[0].message.content, echo("Hi"))
    chunks = litellm.completion(messages=messages, stream=True, **where)
    same("".join(x.choices[0].delta.content or "" for x in chunks), echo("Hi"))
    first = litellm.responses(input="One", **where)
    same(first.output[0].content[0].text, echo("One"))
    second = litellm.responses(input="Two", previous_response_id=first.id, **where)
    same(second.output[0].content[0].text, echo("Two", 2))
    raises(
        litellm.BadRequestError,
        lambda: litellm.completion(messages=messages, temperature=9, **where),
    )
    failing = [{"role": "user", "content": "fail"}]
    raises(Exception, lambda: litellm.completion(messages=failing, num_retries=0, **where))


@check
def llm_library():
    from llm.default_plugins.openai_models import Chat

    model = Chat(model_id=MODEL, model_name=MODEL, api_base=BASE)
    model.key = KEY
    conversation = model.conversation()
    same(conversation.prompt("One", key=KEY, stream=False).text(), echo("One"))
    same("".join(conversation.prompt("Two", key=KEY)), echo("Two", 2))


@check
def mcp_sdk():
    request = urllib.request.Request(
        BASE.removesuffix("/v1") + "/mcp",
        data=json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).encode(),
        headers={"authorization": f"Bearer {KEY}", "content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as reply:
        same([t["name"] for t in json.load(reply)["result"]["tools"]], ["ask"])


def main():
    failed = 0
    for fn in CHECKS:
        try:
            fn()
            print(f"ok {fn.__name__}", flush=True)
        except BaseException as error:  # noqa: BLE001 - each is a check's outcome
            failed += 1
            reason = " ".join(f"{type(error).__name__}: {error}".split())[:600]
            print(f"not ok {fn.__name__}: {reason}", flush=True)
    sys.exit(1 if failed else 0)


main()
