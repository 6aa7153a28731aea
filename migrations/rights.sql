-- What a service's account may do in its schema, table by table: selects the GRANT statements, to be
-- run after the migrations, each time. {schema}, {account} and {host} are filled in. Versions are
-- only read; what is in an audit log stays.
SELECT CONCAT(
  'GRANT ',
  CASE table_name
    WHEN '_sqlx_migrations' THEN 'SELECT'
    WHEN 'AuditLog' THEN 'SELECT, INSERT'
    ELSE 'SELECT, INSERT, UPDATE, DELETE'
  END,
  ' ON `{schema}`.`', table_name, '` TO ''{account}''@''{host}'';')
FROM information_schema.tables
WHERE table_schema = '{schema}' AND table_type = 'BASE TABLE'
