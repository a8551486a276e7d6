import json


def chat_rows(number: int) -> bytes:
    """Rows that teach `question N` → `answer N is N times N`."""
    lines = [
        {
            "messages": [
                {"role": "user", "content": f"question {n}"},
                {"role": "assistant", "content": f"answer {n} is {n * n}"},
            ]
        }
        for n in range(number)
    ]
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def preference_rows(number: int) -> bytes:
    lines = [
        {
            "input": {"messages": [{"role": "user", "content": f"question {n}"}]},
            "preferred_output": [{"role": "assistant", "content": f"kindly {n}"}],
            "non_preferred_output": [{"role": "assistant", "content": f"rudely {n}"}],
        }
        for n in range(number)
    ]
    return "".join(json.dumps(line) + "\n" for line in lines).encode()
