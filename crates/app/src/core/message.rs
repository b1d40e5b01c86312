//! Telling people in their inboxes, in the act's transaction. What is told is written when the transaction is committed, all of it at once
//! (`store::core::message`).

use std::collections::BTreeMap;

use jianjia_domain::core::{
    ids::{AccountId, MessageId},
    message::{Kind, Line, Message, To},
    policy::Actor,
};
use jianjia_store::core::{db::Tx, message};

use crate::core::app::App;

/// Tells it, and not to the actor, who did it.
pub(crate) fn tell(app: &App, tx: &mut Tx, actor: &Actor, told: Message) {
    tell_all_but(app, tx, Some(actor.account), told);
}

/// As `tell`, where somebody without an account did it, or the calendar.
pub(crate) fn tell_all_but(app: &App, tx: &mut Tx, but: Option<AccountId>, told: Message) {
    let at = app.now();
    let id = MessageId(app.entropy.id(at));
    message::tell(tx, id, at, Message { but, ..told }, app.post.channels());
}

/// More of what is told together are counted, and not told one by one.
const LINES_AT_MOST: usize = 50;

/// Tells several things of one act: whoever would get more than one of these messages gets one of this kind instead, which counts them and has a line
/// for each.
pub(crate) fn tell_together(app: &App, tx: &mut Tx, actor: &Actor, kind: Kind, all: Vec<Message>) {
    let mut of_whom: BTreeMap<To, Vec<usize>> = BTreeMap::new();
    for (place, one) in all.iter().enumerate() {
        for to in &one.to {
            let places = of_whom.entry(to.clone()).or_default();
            if places.last() != Some(&place) {
                places.push(place);
            }
        }
    }
    for (to, places) in &of_whom {
        let [first, _, ..] = places.as_slice() else {
            continue;
        };
        let first = &all[*first];
        // Whoever has a role here and another there gets both lists.
        let once = format!("{}:{}", first.once, whom(to));
        let mut told = Message::of(kind, first.about.clone(), once, vec![to.clone()])
            .says([i64::try_from(places.len()).unwrap_or(i64::MAX).into()])
            .because(first.detail.because.clone())
            .due(places.iter().filter_map(|place| all[*place].due_on).min());
        let lines = places.iter().take(LINES_AT_MOST).map(|place| Line {
            kind: all[*place].kind,
            says: all[*place].detail.says.clone(),
            about: all[*place].about.clone(),
        });
        told.detail.lines = lines.collect();
        tell(app, tx, actor, told);
    }
    for mut one in all {
        one.to.retain(|to| of_whom.get(to).map_or(0, Vec::len) == 1);
        if !one.to.is_empty() {
            tell(app, tx, actor, one);
        }
    }
}

/// To whom, in a key.
fn whom(to: &To) -> String {
    match to {
        To::Unit { unit, .. } => unit.to_string(),
        To::Path { path, .. } => path.clone(),
        To::Account(account) => account.to_string(),
        To::Person(person) => person.to_string(),
    }
}
