//! What unions learn from each other: cases, topics, meetings.

pub mod case;
pub mod meeting;
pub mod topic;

use jianjia_domain::{
    core::{
        ids::UnitId,
        place::{UnitKind, paths_above},
        policy::{self, Actor, Permit, Permitted, Role, RoleAt, scopes},
    },
    sharing::SharingRefusal,
};
use jianjia_store::core::{db::Tx, place};

use crate::core::{
    app::App,
    error::{Error, Result, refuses},
};

refuses!(SharingRefusal);

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

/// The permit for an act of the unit whose topic, meeting or word it is, to an actor who sees that: somebody of another unit is told whose act it is. `App::permit`
/// would hide what is seen, where the unit itself is out of sight.
///
/// # Errors
/// `NotYours`; as `App::permit` to those who work at the unit.
async fn permit_on_seen<A: Permitted>(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    act: A,
    unit: &UnitId,
) -> Result<Permit<A>> {
    let place = place::find(tx, unit).await?.ok_or(Error::NotFound)?;
    let mut roles = actor.roles.iter();
    let works_there = roles.any(|at| at.unit.id == place.id);
    if !works_there && !policy::may(actor, act.act(), &place) {
        return Err(SharingRefusal::NotYours { unit: place.name }.into());
    }
    app.permit_at(tx, actor, act, &place).await
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
