//! The database and what is in it: reachable, migrated, undamaged, written in time, by a clock that goes right.

use std::time::{Duration, Instant};

use anyhow::Result;
use jianjia_app::core::{app::App, audit, clock::Clock, error::outage, job as jobs, post as posts};
use jianjia_domain::core::post::PostState;
use jianjia_store::core::{
    db::{Db, Engine, Tables},
    outage::{try_database, try_files},
};
use jiff::Timestamp;

use crate::{
    commands::doctor::{Finding, fault, ok, warning},
    instance::{BEGIN, Instance, existing},
};

pub async fn examine(instance: &Instance, found: &mut Vec<Finding>) {
    let Some(db) = opened(instance, found).await else {
        return;
    };
    let tables = db.tables().await;
    let is_current = tables == Tables::UpToDate;
    found.push(match tables {
        Tables::UpToDate => ok("tables", "of this version"),
        Tables::Missing => fault("tables", "the database holds no instance", BEGIN),
        Tables::Older => fault(
            "tables",
            "an earlier version's",
            "take a backup and run `jianjia verify` with that version, then start `jianjia serve`, which brings them up to date",
        ),
        Tables::Newer => fault(
            "tables",
            "a later version's",
            "use that version of the program, or restore a backup from before it",
        ),
    });
    found.push(server_clock(&db).await);
    db.close().await;
    if !is_current {
        return;
    }
    match instance.open_existing().await {
        Ok(app) => {
            inside(&app, found).await;
            app.db.close().await;
        }
        Err(error) => found.push(fault(
            "instance",
            format!("{error:#}"),
            "nothing serves until that is put right",
        )),
    }
}

/// The database, if it answers.
async fn opened(instance: &Instance, found: &mut Vec<Finding>) -> Option<Db> {
    let open = async {
        let address = instance.database()?;
        let is_far = is_on_another_machine(&address);
        Ok::<_, anyhow::Error>((Db::open(&existing(address)?).await?, is_far))
    };
    match open.await {
        Ok((db, is_far)) => {
            let name = match db.engine {
                Engine::Sqlite => "SQLite",
                Engine::Postgres => "PostgreSQL",
            };
            found.push(if is_far {
                warning(
                    "database",
                    format!("{name} answers, on another machine"),
                    "the way there is not encrypted: keep it within a network of your own",
                )
            } else {
                ok("database", format!("{name} answers"))
            });
            Some(db)
        }
        Err(error) => {
            let todo = outage(&error).map_or(
                "name it with --database, JIANJIA_DATABASE or `database` in jianjia.toml",
                |outage| outage.sentence(),
            );
            found.push(fault("database", format!("{error:#}"), todo));
            None
        }
    }
}

fn is_on_another_machine(address: &str) -> bool {
    let Some((_, rest)) = address.split_once("://") else {
        return false;
    };
    if address.starts_with("sqlite") {
        return false;
    }
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    !["", "localhost", "127.0.0.1", "[::1]"].contains(&host)
}

/// The most that two clocks may differ: sessions, codes and calendars of several nodes follow theirs.
const APART: i64 = 5_000;

async fn server_clock(db: &Db) -> Finding {
    let ours = Clock::Real.now();
    if ours.as_second() < EARLIEST {
        return fault(
            "clock",
            format!("this machine says it is {ours}"),
            "set it: install chrony or enable systemd-timesyncd",
        );
    }
    match db.server_time().await {
        Ok(None) => ok("clock", format!("{ours}")),
        Ok(Some(theirs)) => {
            let apart = (ours.as_millisecond() - theirs).abs();
            if apart > APART {
                fault(
                    "clock",
                    format!(
                        "this machine's and the database's are {} seconds apart",
                        apart / 1_000
                    ),
                    "set both by the network: install chrony or enable systemd-timesyncd",
                )
            } else {
                ok("clock", format!("{ours}, as at the database"))
            }
        }
        Err(error) => fault("clock", format!("{error:#}"), "look at the database's log"),
    }
}

/// The beginning of 2025, before this program was.
const EARLIEST: i64 = 1_735_689_600;

async fn inside(app: &App, found: &mut Vec<Finding>) {
    found.push(match app.db.damage().await {
        Ok(damage) if damage.is_empty() => ok(
            "damage",
            match app.db.engine {
                Engine::Sqlite => "none in the database's file",
                Engine::Postgres => {
                    "PostgreSQL looks for it as it reads; `jianjia verify` reads everything"
                }
            },
        ),
        Ok(damage) => fault(
            "damage",
            format!("the database's file: {}", damage.join("; ")),
            "stop the service, keep this copy and restore the last good backup beside it",
        ),
        Err(error) => fault("damage", format!("{error:#}"), "look at the machine's log"),
    });
    found.push(written(app).await);
    found.push(kept(app).await);
    found.push(trail(app).await);
    found.push(
        background(app)
            .await
            .unwrap_or_else(|error| fault("jobs", format!("{error:#}"), "look at the log")),
    );
}

/// Longer than this, a commit makes everybody wait.
const SLOW: Duration = Duration::from_millis(200);

async fn written(app: &App) -> Finding {
    let begun = Instant::now();
    match try_database(&app.db).await {
        Ok(()) if begun.elapsed() > SLOW => warning(
            "commit",
            format!("a row took {} ms", begun.elapsed().as_millis()),
            "use a disk that syncs sooner, or look at what else loads it",
        ),
        Ok(()) => ok(
            "commit",
            format!("a row was kept in {} ms", begun.elapsed().as_millis()),
        ),
        Err(error) => fault("commit", format!("{error:#}"), sentence(&error)),
    }
}

async fn kept(app: &App) -> Finding {
    match try_files(&app.files).await {
        Ok(()) => ok("files", "a file was kept and taken away again"),
        Err(error) => fault("files", format!("{error:#}"), sentence(&error)),
    }
}

fn sentence(error: &anyhow::Error) -> &'static str {
    outage(error).map_or("look at the machine's log", |outage| outage.sentence())
}

async fn trail(app: &App) -> Finding {
    let newest = match audit::newest_at(&app.db).await {
        Ok(newest) => newest,
        Err(error) => return fault("trail", format!("{error:#}"), "run `jianjia verify`"),
    };
    match newest {
        Some(at) if is_ahead(at, app.now()) => fault(
            "trail",
            format!("its newest line is of {at}, which is in the future"),
            "the clock was wrong then or is wrong now: set it by the network; until that time no line is sealed",
        ),
        Some(at) => ok("trail", format!("its newest line is of {at}")),
        None => ok("trail", "nothing happened yet"),
    }
}

fn is_ahead(at: Timestamp, now: Timestamp) -> bool {
    at.as_millisecond() > now.as_millisecond() + APART
}

/// An hour.
const OVERDUE: i64 = 3_600;

async fn background(app: &App) -> Result<Finding> {
    let (figures, waited) = jobs::figures(app).await?;
    let failing: i64 = figures.failing.iter().map(|(_, count)| count).sum();
    if failing > 0 {
        let kinds: Vec<&str> = figures.failing.iter().map(|(kind, _)| kind.key()).collect();
        return Ok(warning(
            "jobs",
            format!("the last attempt failed: {}", kinds.join(", ")),
            "an administrator reads why on the page of jobs",
        ));
    }
    if waited > OVERDUE {
        return Ok(warning(
            "jobs",
            format!("the oldest is due for {} minutes", waited / 60),
            "does `jianjia serve` run?",
        ));
    }
    let unsent: i64 = posts::counted(app)
        .await?
        .iter()
        .filter(|(_, state, is_failing, _)| *state == PostState::Waiting && *is_failing)
        .map(|(.., count)| count)
        .sum();
    if unsent > 0 {
        return Ok(warning(
            "jobs",
            format!("{unsent} letters could not be sent yet"),
            "see mail and telephone below, and the page of messages sent",
        ));
    }
    Ok(ok("jobs", "none fails, none is overdue"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_over_the_network_is_told_from_one_of_this_machine() {
        for (address, expect) in [
            ("sqlite:///var/lib/jianjia/jianjia.db", false),
            ("postgres:///jianjia", false),
            ("postgres://jianjia:x@127.0.0.1:5432/jianjia", false),
            ("postgres://jianjia@localhost/jianjia?a=b@c", false),
            ("postgres://jianjia:x@db.internal/jianjia", true),
            ("postgres://10.0.0.7:5432/jianjia", true),
        ] {
            assert_eq!(is_on_another_machine(address), expect, "{address}");
        }
    }
}
