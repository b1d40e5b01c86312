//! The migrations, and how far a database is migrated.

use std::{borrow::Cow, cmp};

use anyhow::{Context, Result};
use sqlx::{
    AssertSqlSafe, Executor, Row, SqlSafeStr,
    migrate::{Migration, MigrationType, Migrator},
};

use super::{
    Db, Engine, Held, Tables,
    locks::{TREE, lock_all},
};
use crate::core::{cover, file::content_hash, scope::Mode};

/// The migrations in order; one that has landed is never edited.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "unit", include_str!("../../../migrations/0001_unit.sql")),
    (
        2,
        "statement",
        include_str!("../../../migrations/0002_statement.sql"),
    ),
    (
        3,
        "application",
        include_str!("../../../migrations/0003_application.sql"),
    ),
    (
        4,
        "honour",
        include_str!("../../../migrations/0004_honour.sql"),
    ),
    (
        5,
        "account",
        include_str!("../../../migrations/0005_account.sql"),
    ),
    (
        6,
        "audit",
        include_str!("../../../migrations/0006_audit.sql"),
    ),
    (
        7,
        "rating",
        include_str!("../../../migrations/0007_rating.sql"),
    ),
    (
        8,
        "standard",
        include_str!("../../../migrations/0008_standard.sql"),
    ),
    (9, "roll", include_str!("../../../migrations/0009_roll.sql")),
    (
        11,
        "first_submission",
        include_str!("../../../migrations/0011_first_submission.sql"),
    ),
    (
        12,
        "poll",
        include_str!("../../../migrations/0012_poll.sql"),
    ),
    (
        13,
        "tray",
        include_str!("../../../migrations/0013_tray.sql"),
    ),
    (
        14,
        "figure",
        include_str!("../../../migrations/0014_figure.sql"),
    ),
    (
        15,
        "lists",
        include_str!("../../../migrations/0015_lists.sql"),
    ),
    (
        16,
        "any_state",
        include_str!("../../../migrations/0016_any_state.sql"),
    ),
    (
        17,
        "tray_number",
        include_str!("../../../migrations/0017_tray_number.sql"),
    ),
    (
        18,
        "audit_record",
        include_str!("../../../migrations/0018_audit_record.sql"),
    ),
    (
        20,
        "account_request",
        include_str!("../../../migrations/0020_account_request.sql"),
    ),
    (
        23,
        "guard",
        include_str!("../../../migrations/0023_guard.sql"),
    ),
    (
        24,
        "digest",
        include_str!("../../../migrations/0024_digest.sql"),
    ),
    (
        25,
        "rating_answer",
        include_str!("../../../migrations/0025_rating_answer.sql"),
    ),
    (
        26,
        "programme",
        include_str!("../../../migrations/0026_programme.sql"),
    ),
    (
        27,
        "second_poll",
        include_str!("../../../migrations/0027_second_poll.sql"),
    ),
    (
        28,
        "code_reason",
        include_str!("../../../migrations/0028_code_reason.sql"),
    ),
    (
        29,
        "assignment",
        include_str!("../../../migrations/0029_assignment.sql"),
    ),
    (
        30,
        "latest",
        include_str!("../../../migrations/0030_latest.sql"),
    ),
    (
        31,
        "account_key",
        include_str!("../../../migrations/0031_account_key.sql"),
    ),
    (32, "job", include_str!("../../../migrations/0032_job.sql")),
    (
        33,
        "message",
        include_str!("../../../migrations/0033_message.sql"),
    ),
    (
        34,
        "invitation",
        include_str!("../../../migrations/0034_invitation.sql"),
    ),
    (
        35,
        "second_factor",
        include_str!("../../../migrations/0035_second_factor.sql"),
    ),
    (
        36,
        "post",
        include_str!("../../../migrations/0036_post.sql"),
    ),
    (
        37,
        "provider",
        include_str!("../../../migrations/0037_provider.sql"),
    ),
    (
        38,
        "participation",
        include_str!("../../../migrations/0038_participation.sql"),
    ),
    (
        39,
        "tour",
        include_str!("../../../migrations/0039_tour.sql"),
    ),
    (
        40,
        "quota_structure",
        include_str!("../../../migrations/0040_quota_structure.sql"),
    ),
    (
        41,
        "department",
        include_str!("../../../migrations/0041_department.sql"),
    ),
    (
        42,
        "publication",
        include_str!("../../../migrations/0042_publication.sql"),
    ),
    (
        43,
        "spot_check",
        include_str!("../../../migrations/0043_spot_check.sql"),
    ),
    (
        44,
        "visit_outcome",
        include_str!("../../../migrations/0044_visit_outcome.sql"),
    ),
    (
        45,
        "passkey",
        include_str!("../../../migrations/0045_passkey.sql"),
    ),
    (
        46,
        "visit_declared",
        include_str!("../../../migrations/0046_visit_declared.sql"),
    ),
    (
        47,
        "entry_lifting",
        include_str!("../../../migrations/0047_entry_lifting.sql"),
    ),
    (
        48,
        "objection_note_request",
        include_str!("../../../migrations/0048_objection_note_request.sql"),
    ),
    (
        49,
        "inspector_state",
        include_str!("../../../migrations/0049_inspector_state.sql"),
    ),
    (
        50,
        "check_lists",
        include_str!("../../../migrations/0050_check_lists.sql"),
    ),
    (
        53,
        "certificate",
        include_str!("../../../migrations/0053_certificate.sql"),
    ),
    (
        54,
        "imprint",
        include_str!("../../../migrations/0054_imprint.sql"),
    ),
    (
        55,
        "subsidy",
        include_str!("../../../migrations/0055_subsidy.sql"),
    ),
    (
        57,
        "ledger",
        include_str!("../../../migrations/0057_ledger.sql"),
    ),
    (
        59,
        "insight",
        include_str!("../../../migrations/0059_insight.sql"),
    ),
    (
        61,
        "xray",
        include_str!("../../../migrations/0061_xray.sql"),
    ),
    (
        62,
        "priority",
        include_str!("../../../migrations/0062_priority.sql"),
    ),
    (
        63,
        "what_if",
        include_str!("../../../migrations/0063_what_if.sql"),
    ),
    (
        64,
        "edition",
        include_str!("../../../migrations/0064_edition.sql"),
    ),
    (
        66,
        "sharing",
        include_str!("../../../migrations/0066_sharing.sql"),
    ),
    (
        68,
        "document_number",
        include_str!("../../../migrations/0068_document_number.sql"),
    ),
    (
        69,
        "honour_look",
        include_str!("../../../migrations/0069_honour_look.sql"),
    ),
    (
        70,
        "listed_counts",
        include_str!("../../../migrations/0070_listed_counts.sql"),
    ),
    (
        74,
        "figure_begun",
        include_str!("../../../migrations/0074_figure_begun.sql"),
    ),
    (
        76,
        "effect_person",
        include_str!("../../../migrations/0076_effect_person.sql"),
    ),
    (
        77,
        "statement_person",
        include_str!("../../../migrations/0077_statement_person.sql"),
    ),
];

/// The texts of the migrations, in order.
pub(crate) fn texts() -> impl Iterator<Item = &'static str> {
    MIGRATIONS.iter().map(|(_, _, text)| *text)
}

impl Db {
    /// Runs the pending migrations, and updates the planner's statistics so that new indexes are used.
    ///
    /// Returns whether there were migrated tables before: then the trail has to adopt the rows that the migrations changed (`cover::check::adopt`).
    pub async fn migrate(&self) -> Result<bool> {
        let is_older = self.tables().await == Tables::Older;
        migrator(self.engine, i64::MAX)
            .run(&self.shared.again)
            .await
            .context("the database could not be migrated")?;
        if self.engine == Engine::Postgres {
            self.note_rows_on_postgres().await?;
        }
        if is_older {
            self.analyze().await?;
        }
        Ok(is_older)
    }

    /// Creates the triggers that note which rows are written, unless this version of them is there.
    async fn note_rows_on_postgres(&self) -> Result<()> {
        let script = cover::triggers::of_postgres();
        let version = content_hash(script.as_bytes());
        let transaction = self.shared.writers.begin_with(self.begin()).await?;
        let mut tx = self.writing(Held::Transaction(transaction), None);
        // Several nodes may start at once.
        lock_all(&mut tx, &[(TREE.to_owned(), Mode::Alone)]).await?;
        let row =
            sqlx::query("SELECT COALESCE(obj_description(to_regclass('touched'), 'pg_class'), '')")
                .fetch_one(&mut *tx)
                .await?;
        if row.try_get::<String, _>(0)? != version {
            let script = format!("{script}COMMENT ON TABLE touched IS '{version}';");
            tx.execute(AssertSqlSafe(script))
                .await
                .context("the triggers that note what is written could not be made")?;
        }
        tx.commit().await
    }

    /// Updates the planner's statistics from all rows: after a migration.
    pub async fn analyze(&self) -> Result<()> {
        self.analyze_up_to(0).await
    }

    /// Updates the planner's statistics from a sample: after a bulk load, while people wait. Counts of all rows of a city take a second.
    pub async fn analyze_sample(&self) -> Result<()> {
        self.analyze_up_to(1_000).await
    }

    /// `limit` entries of each index are looked at, 0 for all; PostgreSQL takes samples anyway.
    async fn analyze_up_to(&self, limit: usize) -> Result<()> {
        let statements = match self.engine {
            Engine::Postgres => vec!["ANALYZE".to_owned()],
            // With the samples of `sqlite_stat4`, SQLite plans a statement again for every new parameter value, which costs more than the statement
            // itself. Row counts are enough.
            Engine::Sqlite => vec![
                format!("PRAGMA analysis_limit = {limit}"),
                "ANALYZE".to_owned(),
                "DROP TABLE IF EXISTS sqlite_stat4".to_owned(),
                "ANALYZE sqlite_schema".to_owned(),
            ],
        };
        // The limit is the connection's.
        let mut connection = self.shared.writers.acquire().await?;
        for statement in statements {
            connection
                .execute(AssertSqlSafe(statement))
                .await
                .context("the tables could not be counted")?;
        }
        Ok(())
    }

    /// How the tables of the database fit this program. Changes nothing.
    pub async fn tables(&self) -> Tables {
        let applied = sqlx::query("SELECT CAST(COUNT(*) AS BIGINT) FROM _sqlx_migrations")
            .fetch_one(&self.shared.readers)
            .await
            .and_then(|row| row.try_get::<i64, _>(0));
        match applied.map(|count| count.cmp(&(MIGRATIONS.len() as i64))) {
            Err(_) => Tables::Missing,
            Ok(cmp::Ordering::Less) => Tables::Older,
            Ok(cmp::Ordering::Equal) => Tables::UpToDate,
            Ok(cmp::Ordering::Greater) => Tables::Newer,
        }
    }
}

/// Marks a table in a migration whose rows must keep no order of insertion: on SQLite it becomes `WITHOUT ROWID`, on PostgreSQL it is only a
/// comment.
const UNORDERED: &str = "/* unordered */";

/// Marks a primary key that is a random number: on SQLite it becomes the rowid itself.
const RANDOM: &str = "BIGINT PRIMARY KEY /* random */";

/// The migrations up to and including a version.
pub(super) fn migrator(engine: Engine, until: i64) -> Migrator {
    let migrations = MIGRATIONS
        .iter()
        .filter(|(version, _, _)| *version <= until)
        .map(|(version, name, sql)| {
            let sql = match engine {
                Engine::Sqlite => sql
                    .replace(UNORDERED, "WITHOUT ROWID")
                    .replace(RANDOM, "INTEGER PRIMARY KEY"),
                Engine::Postgres => (*sql).to_owned(),
            };
            Migration::new(
                *version,
                Cow::Borrowed(name),
                MigrationType::Simple,
                AssertSqlSafe(sql).into_sql_str(),
                false,
            )
        })
        .collect();
    Migrator::with_migrations(migrations)
}
