//! What is told of a title that changed: its holder, and the federations above it where an act takes titles together.

use jianjia_domain::{
    core::{
        audit::object::Object,
        message::{self, About, Kind, Message, OFFICE, Said, To},
        place::paths_above,
    },
    honour::honour::{Honour, HonourAct, HonourChange},
};

use super::place;
use crate::core::app::App;

/// What the union, and the person who holds it, are told of a title; nothing of one that begins.
pub(super) fn of_change(
    app: &App,
    honour: &Honour,
    act: HonourAct,
    (event, change): (&str, &HonourChange),
) -> Option<Message> {
    let kind = match act {
        HonourAct::Suspended => Kind::HonourSuspended,
        HonourAct::Resumed => Kind::HonourResumed,
        HonourAct::Revoked => Kind::HonourRevoked,
        HonourAct::Withdrawn => Kind::HonourWithdrawn,
        HonourAct::Reconfirmed => Kind::HonourReconfirmed,
        HonourAct::Named | HonourAct::Imported => return None,
    };
    let about = About::of(&Object::Honour(honour.id), Some(honour.unit), honour.year);
    let person = honour.person.map(To::Person);
    let to = message::union_of(&place(honour)).into_iter().chain(person);
    let because = [&change.reason, &change.document_number];
    let because = because.into_iter().filter(|text| !text.is_empty());
    let told = Message::of(kind, about, event, to.collect())
        .says(holder_and_title(app, honour))
        .because(because.map(|text| Said::from(text.as_str())).collect());
    Some(told)
}

/// Whose title it is, which, and its number, as sentences have it.
pub(crate) fn holder_and_title(app: &App, honour: &Honour) -> [Said; 3] {
    let title = app.standards.title(honour.year, &honour.title);
    let title = title.map_or_else(
        || Said::from(honour.title.as_str()),
        |title| Said::from(&title.name),
    );
    [
        honour.holder_in_words().into(),
        title,
        honour.number.as_str().into(),
    ]
}

/// The same told to the offices above the holder, other than the city's.
pub(super) fn with_federations(honour: &Honour, mut told: Message) -> Message {
    let mut above = paths_above(&honour.unit_path);
    above.pop();
    told.to.extend(above.into_iter().map(|path| To::Path {
        path: path.to_owned(),
        roles: OFFICE,
    }));
    told
}
