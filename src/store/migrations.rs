//! How the database came to be as it is: a file for each step, in the order of their numbers. A step that was released is
//! never changed.

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr as _};

/// The steps: number, name and SQL.
const STEPS: [(i64, &str, &str); 1] = [(1, "initial", include_str!("migrations/0001_initial.sql"))];

/// All steps.
pub(super) fn all() -> Migrator {
    let step = |(version, name, sql): (i64, &'static str, &'static str)| {
        let sql = AssertSqlSafe(sql).into_sql_str();
        Migration::new(version, name.into(), MigrationType::Simple, sql, false)
    };
    Migrator::with_migrations(STEPS.into_iter().map(step).collect())
}
