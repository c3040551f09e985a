"""The interface for the sender's software, below `/<slug>/api/v1/`: the acts of the pages, by key instead of login.

- `auth`        a key of one affiliation → who acts
- `shapes`      what goes in and out
- `operations`  the operations
- `service`     all of it as one OpenAPI 3.1 document and its addresses
"""
