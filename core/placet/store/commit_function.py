"""The commit of an act on PostgreSQL: one function, called once, at READ COMMITTED.

Each of its statements sees everything that is committed when the statement begins, so that the comparison after taking
the locks sees the present state; one large statement would compare the state at its own start. All acts take locks in
one order: workspaces, counters by id, items by key. Rows that are only read are locked without waiting, as a counter
that another act holds is about to change. All locks are held until the commit, so that everything on which a visible
event rests is visible too.

Workspaces are locked by advisory locks: shared by acts, exclusive for their configuration. Advisory locks queue. With
row locks, new sharers would be let in before a waiting exclusive lock, for seconds where commits take long.
"""

from __future__ import annotations

#: The first half of advisory locks of workspaces; the second is one of 256, by a hash of the key. A server has room for
#: some thousands of locks, and registering a search takes those of all workspaces; two of one hash wait needlessly.
_PLACES = 0x706C62
_LOCKS = "SELECT DISTINCT hashtext(u.key) & 255 AS id FROM unnest(places) AS u(key) ORDER BY id"
#: The same for an act: `alone` where it changes the rules of the workspace.
_ACT_LOCKS = """
        SELECT hashtext(u.key) & 255 AS id, bool_or(u.key = ANY(configured)) AS alone
            FROM unnest(places) AS u(key) GROUP BY 1 ORDER BY 1
"""
_LOCKED = f"""
    FOR place IN {_ACT_LOCKS} LOOP
        IF place.alone THEN
            PERFORM pg_advisory_xact_lock({_PLACES}, place.id);
        ELSE
            PERFORM pg_advisory_xact_lock_shared({_PLACES}, place.id);
        END IF;
    END LOOP;
"""
#: Plans are cached, and may be made while tables are small: these settings give the plans of large tables. Without the
#: last one PostgreSQL plans statements over arrays anew at each call, which costs a third of a commit.
_BY_INDEX = (
    "SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off"
    " SET plan_cache_mode = force_generic_plan"
)

#: Locks workspaces exclusively until the transaction ends. Called before anything else, also before any read.
_CONFIGURE = f"""
CREATE FUNCTION placet_configure(places text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    place record;
BEGIN
    FOR place IN {_LOCKS} LOOP
        PERFORM pg_advisory_xact_lock({_PLACES}, place.id);
    END LOOP;
END $$
"""

#: The order in which acts were decided: drawn while all rows that were read and written are locked.
_SEQUENCE = "CREATE SEQUENCE decisions"

_COMMIT = f"""
CREATE FUNCTION placet_commit(
    act jsonb,
    places text[], configured text[], versions bigint[], families_seen bigint[],
    read_ids int[], read_counts bigint[], counted int[],
    seen_places text[], seen_numbers bigint[], seen_seqs bigint[],
    written_places text[], written_numbers bigint[],
    held boolean
) RETURNS jsonb LANGUAGE plpgsql {_BY_INDEX} AS $$
DECLARE
    place record;
    locked integer;
    moved_places text[];
    moved_families text[];
    moved_guards integer[];
    moved_items text[];
BEGIN
    {_LOCKED}
    IF held THEN
        -- An act that waits for a lock held here may itself hold a lock that is needed now.
        PERFORM 1 FROM guards g WHERE g.id = ANY(counted) ORDER BY g.id FOR NO KEY UPDATE SKIP LOCKED;
        GET DIAGNOSTICS locked = ROW_COUNT;
        IF locked < cardinality(counted) THEN
            RETURN '{{"skipped": true}}';
        END IF;
        PERFORM 1 FROM items i
            WHERE (i.workspace, i.number) IN (SELECT * FROM unnest(written_places, written_numbers))
            ORDER BY i.workspace, i.number FOR NO KEY UPDATE SKIP LOCKED;
        GET DIAGNOSTICS locked = ROW_COUNT;
        IF locked < cardinality(written_places) THEN
            RETURN '{{"skipped": true}}';
        END IF;
    ELSE
        IF cardinality(counted) > 0 THEN
            PERFORM 1 FROM guards g WHERE g.id = ANY(counted) ORDER BY g.id FOR NO KEY UPDATE;
        END IF;
        IF cardinality(written_places) > 0 THEN
            PERFORM 1 FROM items i
                WHERE (i.workspace, i.number) IN (SELECT * FROM unnest(written_places, written_numbers))
                ORDER BY i.workspace, i.number FOR NO KEY UPDATE;
        END IF;
    END IF;

    SELECT array_agg(s.key) FILTER (WHERE w.version IS DISTINCT FROM s.version),
           array_agg(s.key) FILTER (WHERE s.families IS NOT NULL AND w.families IS DISTINCT FROM s.families)
        INTO moved_places, moved_families
        FROM unnest(places, versions, families_seen) AS s(key, version, families)
        LEFT JOIN workspaces w USING (key);
    IF cardinality(read_ids) > 0 THEN
        WITH now AS MATERIALIZED (
            SELECT g.id, g.count FROM guards g WHERE g.id = ANY(read_ids) FOR SHARE SKIP LOCKED
        )
        SELECT array_agg(s.id) INTO moved_guards
            FROM unnest(read_ids, read_counts) AS s(id, count) LEFT JOIN now USING (id)
            WHERE now.count IS DISTINCT FROM s.count;
    END IF;
    IF cardinality(seen_places) > 0 THEN
        WITH now AS MATERIALIZED (
            SELECT i.workspace, i.number, i.seq FROM items i
                WHERE (i.workspace, i.number) IN (SELECT * FROM unnest(seen_places, seen_numbers))
                FOR SHARE SKIP LOCKED
        )
        SELECT array_agg(s.workspace || '-' || s.number) INTO moved_items
            FROM unnest(seen_places, seen_numbers, seen_seqs) AS s(workspace, number, seq)
            LEFT JOIN now USING (workspace, number)
            WHERE now.seq IS DISTINCT FROM s.seq;
    END IF;
    IF coalesce(moved_places, moved_families, moved_items) IS NOT NULL OR moved_guards IS NOT NULL THEN
        RETURN jsonb_build_object(
            'workspaces', moved_places, 'families', moved_families, 'guards', moved_guards, 'items', moved_items
        );
    END IF;

    PERFORM placet_write(act, counted, nextval('decisions'));
    RETURN NULL;
END $$
"""  # noqa: S608  # its only parts are constants

_WRITE = """
CREATE FUNCTION placet_write(act jsonb, counted int[], decided_now bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    changed integer;
BEGIN
    IF cardinality(counted) > 0 THEN
        UPDATE guards g SET count = g.count + 1 WHERE g.id = ANY(counted);
    END IF;
    IF act ? 'updated' THEN
        UPDATE items i SET
            title = n.title, state = n.state, category = n.category, version = n.version, seq = n.seq, head = n.head,
            fields = n.fields, body = n.body, updated_at = n.updated_at, state_since = n.state_since,
            definition = n.definition
        FROM jsonb_populate_recordset(NULL::items, act->'updated') n
        WHERE i.workspace = n.workspace AND i.number = n.number;
        GET DIAGNOSTICS changed = ROW_COUNT;
        IF changed <> jsonb_array_length(act->'updated') THEN
            RAISE EXCEPTION 'an item that is locked is not there' USING ERRCODE = 'serialization_failure';
        END IF;
    END IF;
    IF act ? 'items' THEN
        INSERT INTO items SELECT * FROM jsonb_populate_recordset(NULL::items, act->'items');
        INSERT INTO item_states SELECT * FROM jsonb_populate_recordset(NULL::item_states, act->'item_states');
    END IF;
    IF act ? 'stands' THEN
        UPDATE item_states s SET state = n.state, updated_at = n.updated_at
            FROM jsonb_populate_recordset(NULL::item_states, act->'stands') n
            WHERE s.workspace = n.workspace AND s.number = n.number;
    END IF;
    IF act ? 'gone' THEN
        DELETE FROM links t USING jsonb_populate_recordset(NULL::links, act->'gone'->'links') g
            WHERE t.workspace = g.workspace AND t.number = g.number AND t.link_type = g.link_type
            AND t.target_workspace = g.target_workspace AND t.target_number = g.target_number;
        DELETE FROM item_roles t USING jsonb_populate_recordset(NULL::item_roles, act->'gone'->'item_roles') g
            WHERE t.workspace = g.workspace AND t.number = g.number AND t.role = g.role AND t.actor = g.actor;
        DELETE FROM evidence t USING jsonb_populate_recordset(NULL::evidence, act->'gone'->'evidence') g
            WHERE t.workspace = g.workspace AND t.number = g.number AND t.sha256 = g.sha256;
        DELETE FROM pending_approvals t
            USING jsonb_populate_recordset(NULL::pending_approvals, act->'gone'->'pending_approvals') g
            WHERE t.workspace = g.workspace AND t.number = g.number;
        DELETE FROM pending_confirmations t
            USING jsonb_populate_recordset(NULL::pending_confirmations, act->'gone'->'pending_confirmations') g
            WHERE t.workspace = g.workspace AND t.number = g.number AND t.confirmation = g.confirmation
            AND t.actor = g.actor;
        DELETE FROM pending_asks t
            USING jsonb_populate_recordset(NULL::pending_asks, act->'gone'->'pending_asks') g
            WHERE t.workspace = g.workspace AND t.number = g.number AND t.check_id = g.check_id
            AND t.actor = g.actor;
        DELETE FROM item_spans t USING jsonb_populate_recordset(NULL::item_spans, act->'gone'->'item_spans') g
            WHERE t.workspace = g.workspace AND t.number = g.number;
    END IF;
    IF act ? 'item_spans' THEN
        INSERT INTO item_spans SELECT * FROM jsonb_populate_recordset(NULL::item_spans, act->'item_spans');
    END IF;
    IF act ? 'links' THEN
        INSERT INTO links SELECT * FROM jsonb_populate_recordset(NULL::links, act->'links');
    END IF;
    IF act ? 'item_roles' THEN
        INSERT INTO item_roles SELECT * FROM jsonb_populate_recordset(NULL::item_roles, act->'item_roles');
    END IF;
    IF act ? 'evidence' THEN
        INSERT INTO evidence SELECT * FROM jsonb_populate_recordset(NULL::evidence, act->'evidence');
    END IF;
    IF act ? 'pending_approvals' THEN
        INSERT INTO pending_approvals
            SELECT * FROM jsonb_populate_recordset(NULL::pending_approvals, act->'pending_approvals');
    END IF;
    IF act ? 'pending_confirmations' THEN
        INSERT INTO pending_confirmations
            SELECT * FROM jsonb_populate_recordset(NULL::pending_confirmations, act->'pending_confirmations');
    END IF;
    IF act ? 'pending_asks' THEN
        INSERT INTO pending_asks SELECT * FROM jsonb_populate_recordset(NULL::pending_asks, act->'pending_asks');
    END IF;
    IF act ? 'unindexed' THEN
        DELETE FROM item_values t USING jsonb_populate_recordset(NULL::item_values, act->'unindexed') g
            WHERE t.workspace = g.workspace AND t.number = g.number AND t.field = g.field;
    END IF;
    IF act ? 'item_values' THEN
        INSERT INTO item_values SELECT * FROM jsonb_populate_recordset(NULL::item_values, act->'item_values');
    END IF;
    IF act ? 'rescheduled' THEN
        DELETE FROM dues t USING jsonb_populate_recordset(NULL::dues, act->'rescheduled') g
            WHERE t.workspace = g.workspace AND t.number = g.number;
    END IF;
    IF act ? 'timers' THEN
        INSERT INTO timers SELECT * FROM jsonb_populate_recordset(NULL::timers, act->'timers')
            ON CONFLICT (workspace, number, timer) DO UPDATE
            SET status = excluded.status, due_at = excluded.due_at, spent = excluded.spent;
    END IF;
    IF act ? 'dues' THEN
        INSERT INTO dues SELECT * FROM jsonb_populate_recordset(NULL::dues, act->'dues');
    END IF;
    IF act ? 'postponed' THEN
        UPDATE dues d SET at = p.at, tries = d.tries + 1
            FROM jsonb_to_recordset(act->'postponed') AS p(
                workspace text COLLATE "C", number bigint, subject text, tries integer, was timestamptz, at timestamptz
            )
            WHERE d.workspace = p.workspace AND d.number = p.number AND d.subject = p.subject
            AND d.tries = p.tries AND d.at = p.was;
    END IF;
    IF act ? 'job_runs' THEN
        INSERT INTO job_runs AS r SELECT * FROM jsonb_populate_recordset(NULL::job_runs, act->'job_runs')
            ON CONFLICT (workspace, job) DO UPDATE
            SET due_at = excluded.due_at, at = excluded.at, failure = excluded.failure
            WHERE r.due_at < excluded.due_at;
        GET DIAGNOSTICS changed = ROW_COUNT;
        IF changed = 0 THEN
            RAISE EXCEPTION 'the job was run meanwhile' USING ERRCODE = 'serialization_failure';
        END IF;
    END IF;
    IF act ? 'workspaces' THEN
        UPDATE workspaces w SET
            name = n.name, version = n.version, configuration = n.configuration, seq = n.seq, head = n.head
        FROM jsonb_populate_recordset(NULL::workspaces, act->'workspaces') n
        WHERE w.key = n.key;
    END IF;
    IF act ? 'idempotency_keys' THEN
        INSERT INTO idempotency_keys
            SELECT * FROM jsonb_populate_recordset(NULL::idempotency_keys, act->'idempotency_keys');
    END IF;
    IF act ? 'event_texts' THEN
        INSERT INTO event_texts SELECT * FROM jsonb_populate_recordset(NULL::event_texts, act->'event_texts');
    END IF;
    IF act ? 'events' THEN
        INSERT INTO events SELECT * FROM jsonb_populate_recordset(
            jsonb_populate_record(NULL::events, jsonb_build_object('decided', decided_now)), act->'events'
        );
        INSERT INTO unsealed SELECT decided_now, e.id FROM jsonb_populate_recordset(NULL::events, act->'events') e;
    END IF;
END $$
"""

#: Locks of an act that starts again and again, taken before it reads: in the common order, and for everything that its
#: attempts have read and written so far.
_HOLD = f"""
CREATE FUNCTION placet_hold(
    places text[], configured text[], read_ids int[], counted int[],
    seen_places text[], seen_numbers bigint[], written_places text[], written_numbers bigint[]
) RETURNS void LANGUAGE plpgsql {_BY_INDEX} AS $$
DECLARE
    place record;
    guard integer;
    item record;
BEGIN
    {_LOCKED}
    FOR guard IN SELECT DISTINCT id FROM unnest(read_ids || counted) AS u(id) ORDER BY id LOOP
        IF guard = ANY(counted) THEN
            PERFORM 1 FROM guards g WHERE g.id = guard FOR NO KEY UPDATE;
        ELSE
            PERFORM 1 FROM guards g WHERE g.id = guard FOR SHARE;
        END IF;
    END LOOP;
    FOR item IN
        SELECT u.workspace, u.number, bool_or(u.written) AS written FROM (
            SELECT *, false AS written FROM unnest(seen_places, seen_numbers) AS s(workspace, number)
            UNION ALL
            SELECT *, true FROM unnest(written_places, written_numbers) AS w(workspace, number)
        ) u GROUP BY u.workspace, u.number ORDER BY u.workspace COLLATE "C", u.number
    LOOP
        IF item.written THEN
            PERFORM 1 FROM items i WHERE i.workspace = item.workspace AND i.number = item.number FOR NO KEY UPDATE;
        ELSE
            PERFORM 1 FROM items i WHERE i.workspace = item.workspace AND i.number = item.number FOR SHARE;
        END IF;
    END LOOP;
END $$
"""  # noqa: S608  # its only parts are constants

#: In the order in which they are made.
DEFINITIONS = (_SEQUENCE, _CONFIGURE, _WRITE, _COMMIT, _HOLD)
