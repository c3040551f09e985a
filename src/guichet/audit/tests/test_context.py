from guichet.audit.context import Facts, current_facts, request_facts


def test_request_facts_end_with_the_request():
    with request_facts(ip="2001:DB8::1", user_agent="", request_id="outer") as outer:
        with request_facts(ip="not an address", user_agent="x", request_id="inner\n"):
            assert (current_facts().ip, current_facts().request_id) == ("", "inner ")
        assert current_facts() == outer == Facts(ip="2001:db8::1", user_agent_hash="", request_id="outer")
    assert current_facts() == Facts()
