//! `jianjia doctor`: looks at everything that serving an instance stands on, and says what to do.

mod database;
mod disk;
mod outside;

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::Args;
use jianjia_documents::paper::{
    self,
    check::{self, Case},
    fault::Fault,
    kind::KINDS,
};
use jianjia_domain::core::policy::Role;

use crate::{
    commands::serve::{Serve, Settings},
    instance::{self, Instance},
    output::{say, tell},
    private,
};

/// Checks settings, database, disk, clock, proxy, mail, gateway and backups as `serve` would use them, and says what to do
///
/// One line each: ok, warning or fault. A row and a file are written and taken away again; no letter is sent. Run it as the user that serves.
#[derive(Args)]
pub struct Doctor {
    #[command(flatten)]
    serve: Serve,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grade {
    Ok,
    Warning,
    Fault,
}

/// One line: what was looked at, what is so, and what to do about it.
struct Finding {
    grade: Grade,
    part: &'static str,
    says: String,
    /// Empty if all is well.
    todo: String,
}

fn ok(part: &'static str, says: impl Into<String>) -> Finding {
    Finding {
        grade: Grade::Ok,
        part,
        says: says.into(),
        todo: String::new(),
    }
}

fn warning(part: &'static str, says: impl Into<String>, todo: impl Into<String>) -> Finding {
    Finding {
        grade: Grade::Warning,
        todo: todo.into(),
        ..ok(part, says)
    }
}

fn fault(part: &'static str, says: impl Into<String>, todo: impl Into<String>) -> Finding {
    Finding {
        grade: Grade::Fault,
        ..warning(part, says, todo)
    }
}

pub fn run(command: &Doctor) -> Result<ExitCode> {
    instance::run(async {
        let mut found = Vec::new();
        match command.serve.settings() {
            Ok(settings) => examine(&command.serve, &settings, &mut found).await,
            Err(error) => found.push(fault(
                "configuration",
                format!("{error:#}"),
                "correct it: the rest was not looked at; `jianjia serve --help` lists every setting",
            )),
        }
        let count = |grade| found.iter().filter(|line| line.grade == grade).count();
        let (faults, warnings) = (count(Grade::Fault), count(Grade::Warning));
        for line in &found {
            let grade = match line.grade {
                Grade::Ok => "ok",
                Grade::Warning => "warning",
                Grade::Fault => "fault",
            };
            let between = if line.todo.is_empty() { "" } else { " → " };
            say!(
                "{grade:<8} {:<14} {}{between}{}",
                line.part,
                line.says,
                line.todo
            )?;
        }
        tell!("{faults} faults, {warnings} warnings");
        Ok(if faults == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    })
}

/// In the order in which one thing stands on the other.
async fn examine(command: &Serve, settings: &Settings, found: &mut Vec<Finding>) {
    let instance = &command.instance;
    found.push(configuration(command));
    disk::examine(instance, settings, found);
    database::examine(instance, found).await;
    outside::proxy(settings, found).await;
    outside::post(settings, found).await;
    found.push(disk::backups(settings));
    found.push(second_factor(settings));
    found.push(papers(instance));
}

/// Whether papers can be set: those of the city's own in their worst cases too, those of the program with the fonts at hand.
fn papers(instance: &Instance) -> Finding {
    let settings = match instance.press() {
        Ok(settings) => settings,
        Err(error) => return fault("papers", format!("{error:#}"), "correct it"),
    };
    let own = settings.papers.as_deref();
    let found = match own {
        Some(folder) => check::check(Some(folder), &settings.fonts),
        None => built_in(&settings.fonts),
    };
    let whose = own.map_or_else(
        || "the built-in templates".to_owned(),
        |folder| format!("the templates of {}", folder.display()),
    );
    match found.as_deref() {
        Ok([]) => ok("papers", format!("{whose} and the fonts are good")),
        Ok([first, rest @ ..]) => fault(
            "papers",
            format!("{}: {} (and {} more)", first.kind, first.fault, rest.len()),
            "correct the template, or install fonts that have the characters: see docs/papers.md",
        ),
        // The instance serves without: pages are printed by browsers.
        Err(error @ Fault::NoFont { .. }) => {
            warning("papers", error.to_string(), "no paper is made until then")
        }
        Err(error) => fault(
            "papers",
            error.to_string(),
            "no paper is made until then; see docs/papers.md",
        ),
    }
}

/// The templates of the program are tested with it: whether the fonts have the rare characters of names is left to see.
fn built_in(fonts: &[PathBuf]) -> std::result::Result<Vec<check::Finding>, Fault> {
    let press = paper::open(None, fonts)?;
    let case = Case::LongNames;
    let faults = KINDS.iter().filter_map(|kind| {
        let trial = check::trial(&press, kind.name, case);
        let made =
            trial.and_then(|(data, pictures)| paper::compose(&press, kind.name, &data, &pictures));
        let fault = made.err()?;
        Some(check::Finding {
            kind: kind.name,
            case,
            fault,
        })
    });
    Ok(faults.collect())
}

fn configuration(command: &Serve) -> Finding {
    let path = command.instance.dir.join("jianjia.toml");
    if !path.exists() {
        return ok(
            "configuration",
            format!(
                "no {}: flags, environment and defaults hold",
                path.display()
            ),
        );
    }
    if private::tells_others(&path) {
        return fault(
            "configuration",
            format!(
                "{} holds a password or key and can be read by others of this machine",
                path.display()
            ),
            format!("chmod 600 {}, and change what was in it", path.display()),
        );
    }
    ok("configuration", format!("{} is good", path.display()))
}

fn second_factor(settings: &Settings) -> Finding {
    let asked: Vec<&str> = settings
        .second_factor
        .iter()
        .map(|role| role.key())
        .collect();
    let deciding = [Role::Approver, Role::Auditor, Role::Administrator];
    let missing: Vec<&str> = deciding
        .iter()
        .filter(|role| !settings.second_factor.contains(role))
        .map(|role| role.key())
        .collect();
    if missing.is_empty() {
        return ok("second factor", format!("asked of {}", asked.join(", ")));
    }
    warning(
        "second factor",
        format!("not asked of {}", missing.join(", ")),
        "a password alone lets them decide: set second_factor = [\"approver\", \"auditor\", \"administrator\"]",
    )
}
