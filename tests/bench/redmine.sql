-- The yardstick's data, in the shape of `demo --scale`: 200 projects in 20 programmes, 250 issues each in 10 phases, 500 people.
\set ON_ERROR_STOP 1
BEGIN;

INSERT INTO users (login, hashed_password, firstname, lastname, admin, status, language, type, mail_notification, salt,
                   created_on, updated_on, passwd_changed_on, must_change_passwd)
SELECT 'person' || n, '', 'Given' || n, 'Family' || n, FALSE, 1, 'en', 'User', 'none', '', now(), now(), now(), FALSE
FROM generate_series(1, 500) n;

-- A programme takes twenty places of the nested set: its own pair around those of its nine projects.
INSERT INTO projects (id, name, description, identifier, is_public, status, parent_id, lft, rgt, created_on, updated_on)
SELECT 10 * p + 1 + c,
       CASE c WHEN 0 THEN 'Programme ' || p ELSE 'Project ' || p || '.' || c END,
       repeat('What it is for and whom it serves. ', 4),
       'project-' || p || '-' || c, TRUE, 1,
       CASE c WHEN 0 THEN NULL ELSE 10 * p + 1 END,
       20 * p + CASE c WHEN 0 THEN 1 ELSE 2 * c END,
       20 * p + CASE c WHEN 0 THEN 20 ELSE 2 * c + 1 END,
       now(), now()
FROM generate_series(0, 19) p, generate_series(0, 9) c
ORDER BY c;

INSERT INTO enabled_modules (project_id, name)
SELECT id, module FROM projects, unnest(ARRAY ['issue_tracking', 'gantt', 'calendar', 'time_tracking']) module;
INSERT INTO projects_trackers (project_id, tracker_id) SELECT p.id, t.id FROM projects p, trackers t;
INSERT INTO members (user_id, project_id, created_on)
SELECT u.id, p.id, now() FROM projects p, users u WHERE u.login LIKE 'person%' AND (u.id + p.id) % 100 < 5;
INSERT INTO member_roles (member_id, role_id) SELECT id, 4 FROM members;

-- Of each phase the first issue is the parent of the other 24.
INSERT INTO issues (id, tracker_id, project_id, subject, description, start_date, due_date, status_id, assigned_to_id, priority_id,
                    author_id, created_on, updated_on, done_ratio, estimated_hours, parent_id, root_id, lft, rgt)
SELECT first + k, 1 + (g + k) % 3, p,
       CASE k WHEN 0 THEN 'Phase ' || g ELSE 'Piece ' || g || '.' || k || ': prepare, have it reviewed and hand it over' END,
       repeat('Prepare what was agreed, have it looked at by its owner and write down what was decided. ', 4),
       DATE '2026-01-05' + 30 * g + k, DATE '2026-01-05' + 30 * g + k + 5 + k % 6,
       1 + (7 * g + k + p) % 6, (SELECT min(id) FROM users WHERE login = 'person1') + (3 * p + k) % 500, 1 + k % 5, 1,
       now() - INTERVAL '90 days', now() - ((97 * (first + k)) % 200000 || ' minutes')::interval,
       10 * (k % 11), 4 + k, CASE k WHEN 0 THEN NULL ELSE first END, first,
       CASE k WHEN 0 THEN 1 ELSE 2 * k END, CASE k WHEN 0 THEN 50 ELSE 2 * k + 1 END
FROM generate_series(1, 200) p, generate_series(0, 9) g, generate_series(0, 24) k, LATERAL (SELECT 250 * (p - 1) + 25 * g + 1 AS first) f;

INSERT INTO issue_relations (issue_from_id, issue_to_id, relation_type, delay)
SELECT id, id + 1, 'precedes', 0 FROM issues WHERE (id - 1) % 25 BETWEEN 1 AND 23 AND id % 2 = 0;
INSERT INTO journals (journalized_id, journalized_type, user_id, notes, created_on, private_notes)
SELECT id, 'Issue', assigned_to_id, 'Looked at with its owner; the estimate stands.', created_on + INTERVAL '1 day', FALSE FROM issues;

SELECT setval('projects_id_seq', (SELECT max(id) FROM projects)), setval('issues_id_seq', (SELECT max(id) FROM issues));
UPDATE users SET must_change_passwd = FALSE, language = 'en' WHERE id = 1;
INSERT INTO settings (name, value, updated_on) VALUES ('per_page_options', '25,50,100,200', now());
COMMIT;
VACUUM ANALYZE;
