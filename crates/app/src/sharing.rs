//! What unions learn from each other: cases, topics, meetings.

pub mod case;
pub mod meeting;
pub mod topic;

use jianjia_domain::core::{
    place::{UnitKind, paths_above},
    policy::{Actor, Role, RoleAt, scopes},
};

use crate::core::app::App;

/// How many lines a page of a list has.
pub const LINES: i64 = 30;

/// How many pages so many lines take.
fn pages(total: i64) -> i64 {
    (total + LINES - 1) / LINES
}

/// By what a form is known again that was sent twice; empty where it has no key.
fn request_hash(app: &App, noun: &[u8], key: &str, actor: &Actor) -> String {
    if key.is_empty() {
        return String::new();
    }
    let account = actor.account.to_string();
    hex::encode(app.slip_key.digest(noun, &[key, &account]))
}

/// What is offered to an actor: by the offices that one sees into, and by those above one's own units.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Circle {
    within: Vec<String>,
    offered_by: Vec<String>,
    /// The kinds of one's own unions; empty where one is of an office, which reads what is for any kind.
    kinds: Vec<UnitKind>,
}

fn circle(actor: &Actor) -> Circle {
    let own = || actor.roles.iter().filter(|at| at.role != Role::Department);
    let mut offered_by: Vec<String> = own()
        .flat_map(|at| {
            let above = paths_above(&at.unit.path).into_iter().map(str::to_owned);
            above.chain([at.unit.path.clone()])
        })
        .collect();
    offered_by.sort();
    offered_by.dedup();
    let answers = |at: &RoleAt| matches!(at.role, Role::Chair | Role::Clerk);
    let mut kinds = Vec::new();
    if own().all(answers) {
        for at in own() {
            if !kinds.contains(&at.unit.kind) {
                kinds.push(at.unit.kind);
            }
        }
    }
    Circle {
        within: scopes(actor),
        offered_by,
        kinds,
    }
}
