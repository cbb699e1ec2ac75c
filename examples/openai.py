import os

from openai import OpenAI

client = OpenAI(base_url="https://ENDPOINT/v1", api_key=os.environ["OUTLET_KEY"])

response = client.responses.create(model="bot", input="What can you do?")
print(response.output_text)

# Goes on with that conversation, and shows the answer as it comes.
stream = client.responses.create(
    model="bot",
    input="Tell me more.",
    previous_response_id=response.id,
    stream=True,
)
for event in stream:
    if event.type == "response.output_text.delta":
        print(event.delta, end="", flush=True)
print()
