"""The audit's own schema: entries, seals, the queue of what is not sealed yet, and who may touch what.

The application's role may insert into the named columns of `audit.entry` and call two functions; it
reads nothing, changes nothing, and chooses neither `id` nor `at`. The functions run with their owner's rights.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

TABLES = """
CREATE SCHEMA IF NOT EXISTS audit;

CREATE TABLE audit.entry (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    insurer_id      bigint,
    at              timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor_id        text NOT NULL,
    role            text NOT NULL,
    action          text NOT NULL,
    object_type     text NOT NULL,
    object_id       text NOT NULL,
    subject_ref     text NOT NULL,
    recipient       text NOT NULL,
    outcome         text NOT NULL,
    reason          text NOT NULL,
    legal_basis     text NOT NULL,
    ip              text NOT NULL,
    user_agent_hash text NOT NULL,
    request_id      text NOT NULL,
    detail          jsonb NOT NULL
);
CREATE INDEX entry_by_time ON audit.entry (insurer_id, at, id);
-- Hashes of 4 bytes instead of identifiers of 36: these indexes are written with every act and read by auditors only.
CREATE INDEX entry_by_subject ON audit.entry (hashtext(subject_ref), at) WHERE subject_ref <> '';
CREATE INDEX entry_by_object ON audit.entry (hashtext(object_id), at);
CREATE INDEX entry_by_actor ON audit.entry (hashtext(actor_id), at);

CREATE TABLE audit.seal (
    chain     bigint NOT NULL,
    seq       bigint NOT NULL CHECK (seq > 0),
    entry_id  bigint NOT NULL UNIQUE,
    prev_hash bytea NOT NULL CHECK (length(prev_hash) = 32),
    hash      bytea NOT NULL CHECK (length(hash) = 32),
    sealed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (chain, seq)
);

-- One row per chain and inserting statement, so that an entry that commits late, with a smaller id than its
-- sealed neighbours, is still found, and a bulk load costs one row.
CREATE TABLE audit.unsealed (
    chain   bigint NOT NULL,
    first   bigint NOT NULL,
    entries bigint[] NOT NULL,
    PRIMARY KEY (chain, first)
);
"""

QUEUE = """
CREATE FUNCTION audit.queue_entries() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO audit.unsealed (chain, first, entries)
    SELECT coalesce(insurer_id, 0), min(id), array_agg(id) FROM fresh GROUP BY 1;
    RETURN NULL;
END
$$;

CREATE TRIGGER queue_entries AFTER INSERT ON audit.entry
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION audit.queue_entries();

CREATE FUNCTION audit.pending_chains() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT DISTINCT chain FROM audit.unsealed ORDER BY chain
$$;
"""

# An entry that disappeared between commit and seal is sealed as a hole: the verifier then names it.
SEAL = """
CREATE FUNCTION audit.seal_pending(wanted bigint, at_most integer DEFAULT 5000)
RETURNS TABLE (sealed integer, head_seq bigint, head_hash bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    start_seq  bigint;
    start_hash bytea;
    queued     bigint[];
    entry_id   bigint;
    body       bytea;
    ids        bigint[] := '{}';
    hashes     bytea[] := '{}';
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('guichet.audit.seal.' || wanted, 0));
    SELECT s.seq, s.hash INTO start_seq, start_hash
    FROM audit.seal s WHERE s.chain = wanted ORDER BY s.seq DESC LIMIT 1;
    IF NOT FOUND THEN
        start_seq := 0;
        start_hash := sha256(convert_to('guichet.audit.' || wanted, 'UTF8'));
    END IF;
    sealed := 0;
    head_hash := start_hash;
    WITH due AS (
        DELETE FROM audit.unsealed u WHERE u.chain = wanted AND u.first IN (
            SELECT b.first FROM (
                SELECT a.first, sum(cardinality(a.entries)) OVER (ORDER BY a.first) - cardinality(a.entries) AS ahead
                FROM (SELECT q.first, q.entries FROM audit.unsealed q
                      WHERE q.chain = wanted ORDER BY q.first LIMIT at_most) a
            ) b WHERE b.ahead < at_most
        ) RETURNING u.entries
    )
    SELECT array_agg(id ORDER BY id) INTO queued FROM due, unnest(due.entries) AS id;
    FOR entry_id, body IN
        SELECT q.id, convert_to(json_build_array(
            e.id, e.insurer_id, e.at AT TIME ZONE 'UTC', e.actor_id, e.role, e.action, e.object_type, e.object_id,
            e.subject_ref, e.recipient, e.outcome, e.reason, e.legal_basis, e.ip, e.user_agent_hash, e.request_id,
            e.detail)::text, 'UTF8')
        FROM unnest(queued) WITH ORDINALITY AS q(id, place)
        LEFT JOIN audit.entry e ON e.id = q.id ORDER BY q.place
    LOOP
        head_hash := sha256(head_hash || body);
        sealed := sealed + 1;
        ids[sealed] := entry_id;
        hashes[sealed] := head_hash;
    END LOOP;
    INSERT INTO audit.seal (chain, seq, entry_id, prev_hash, hash)
    SELECT wanted, start_seq + n, id, CASE n WHEN 1 THEN start_hash ELSE hashes[n - 1] END, h
    FROM unnest(ids, hashes) WITH ORDINALITY AS x(id, h, n) ORDER BY n;
    head_seq := start_seq + sealed;
    RETURN NEXT;
END
$$;
"""

GRANTS = """
REVOKE ALL ON SCHEMA audit FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA audit FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA audit FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'guichet_app') THEN
        REVOKE ALL ON SCHEMA audit FROM guichet_app;
        REVOKE ALL ON ALL TABLES IN SCHEMA audit FROM guichet_app;
        REVOKE ALL ON ALL SEQUENCES IN SCHEMA audit FROM guichet_app;
        REVOKE ALL ON ALL FUNCTIONS IN SCHEMA audit FROM guichet_app;
        GRANT USAGE ON SCHEMA audit TO guichet_app;
        GRANT INSERT (insurer_id, actor_id, role, action, object_type, object_id, subject_ref, recipient, outcome,
            reason, legal_basis, ip, user_agent_hash, request_id, detail) ON audit.entry TO guichet_app;
        GRANT EXECUTE ON FUNCTION audit.pending_chains(), audit.seal_pending(bigint, integer) TO guichet_app;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'guichet_audit_reader') THEN
        REVOKE ALL ON ALL TABLES IN SCHEMA audit FROM guichet_audit_reader;
        REVOKE ALL ON ALL FUNCTIONS IN SCHEMA audit FROM guichet_audit_reader;
        GRANT USAGE ON SCHEMA audit TO guichet_audit_reader;
        GRANT SELECT ON ALL TABLES IN SCHEMA audit TO guichet_audit_reader;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'guichet_backup') THEN
        GRANT USAGE ON SCHEMA audit TO guichet_backup;
        GRANT SELECT ON ALL TABLES IN SCHEMA audit TO guichet_backup;
        GRANT SELECT ON ALL SEQUENCES IN SCHEMA audit TO guichet_backup;
    END IF;
END
$$;
"""

REVERSE = """
DROP FUNCTION audit.seal_pending(bigint, integer);
DROP FUNCTION audit.pending_chains();
DROP TABLE audit.entry, audit.seal, audit.unsealed;
DROP FUNCTION audit.queue_entries();
"""


class Migration(migrations.Migration):
    """Plain SQL: the audit is no application data and has no model."""

    initial = True
    dependencies: ClassVar[list[tuple[str, str]]] = []
    operations: ClassVar[list[migrations.RunSQL]] = [
        migrations.RunSQL(sql=[TABLES, QUEUE, SEAL, GRANTS], reverse_sql=REVERSE),
    ]
