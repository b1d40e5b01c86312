//! The library of cases. Who sees one: everybody, once it is published, and then the text that its union agreed to; before, its union, and the offices above
//! from the moment that it was handed in.

mod beside;
mod going;
mod list;
mod photo;
mod writing;

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{CaseEventId, CaseId},
        message::{About, Kind, Message, Said, To, office, union_of},
        place::UnitPlace,
        policy::{self, Act, Actor},
        refusal::General,
    },
    register::unit::UnitState,
    sharing::{
        SharingRefusal,
        case::{Case, CaseAct, CaseEvent, CasePhoto, CaseState, CaseText, Side},
    },
};
use jianjia_store::{
    core::{db::Tx, place},
    register::unit,
    sharing::case as cases,
};
use serde_json::json;

pub use self::{
    beside::others_beside,
    going::{Review, answer, hand_in, review, withdraw},
    list::{CasePage, CaseQuery, export, export_own, export_queue, own, queue, search},
    photo::{add_photo, photo, remove_photo, small_photo},
    writing::{NewCase, begin, begun, clauses_for, save, to_write},
};
use crate::core::{
    app::App,
    error::{Error, Result, refuses},
    message::tell,
    sort_key::sort_key,
};

refuses!(jianjia_domain::sharing::case::CaseRefusal);

/// A case as somebody reads it.
#[derive(Clone, Debug)]
pub struct CaseView {
    pub case: Case,
    /// The union that answers for it: its own, or the one that it went into.
    pub unit: UnitPlace,
    /// What is read: the newest text for whoever writes on it, else the newest that left its writer's hands; in public the one that was agreed to.
    pub text: CaseText,
    /// The union's own text, where what is read is the city's: to compare.
    pub original: Option<CaseText>,
    pub photos: Vec<CasePhoto>,
    /// None in public.
    pub events: Vec<CaseEvent>,
    /// Whether it is read from inside.
    pub is_inside: bool,
    pub may: CaseMay,
}

/// What somebody may do with a case now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CaseMay {
    /// As its union, while it is with it.
    pub write: bool,
    pub hand_in: bool,
    /// As the office whose turn it is.
    pub recommend: bool,
    pub send_back: bool,
    /// As the city.
    pub edit: bool,
    pub ask: bool,
    pub publish: bool,
    pub take_down: bool,
    /// As the union that is asked.
    pub answer: bool,
    pub take_back: bool,
}

/// A case, for whoever may read it.
///
/// # Errors
/// Not found when it isn't there, or is not published and not theirs to see.
pub async fn view(app: &App, actor: Option<&Actor>, id: &CaseId) -> Result<CaseView> {
    let mut tx = app.db.read().await?;
    let (case, unit, is_inside) = seen(&mut tx, actor, id).await?;
    let texts = cases::texts(&mut tx, id).await?;
    let photos = cases::photos(&mut tx, id).await?;
    let may = actor
        .filter(|_| is_inside)
        .map_or_else(CaseMay::default, |actor| may_now(actor, &case, &unit));
    let number = match case.shown() {
        Some(shown) => shown,
        None if may.write || may.edit => case.text,
        None => case.fixed.max(1),
    };
    let of_number = |number: i64| texts.iter().find(|text| text.number == number).cloned();
    let text = of_number(number).ok_or(Error::NotFound)?;
    let original = texts
        .iter()
        .rev()
        .find(|before| before.side == Side::Union && before.number < text.number)
        .filter(|_| is_inside && text.side == Side::City)
        .cloned();
    let events = if is_inside {
        cases::events(&mut tx, id).await?
    } else {
        Vec::new()
    };
    Ok(CaseView {
        case,
        unit,
        text,
        original,
        photos,
        events,
        is_inside,
        may,
    })
}

fn may_now(actor: &Actor, case: &Case, unit: &UnitPlace) -> CaseMay {
    let may = |act| policy::may(actor, act, unit);
    let state = case.state;
    let is_turn = case.at.as_ref().is_some_and(|at| {
        let permit = policy::permit(actor, Act::RecommendCase, unit);
        permit.is_ok() && actor.roles.iter().any(|held| held.unit.id == at.id)
    });
    let is_at_an_office = state == CaseState::Recommended || state.is_with_editors();
    CaseMay {
        write: state.is_with_union() && may(Act::WriteCase),
        hand_in: state.is_with_union() && may(Act::AnswerForCase),
        recommend: state == CaseState::Recommended && is_turn,
        send_back: is_at_an_office && is_turn,
        edit: state.is_with_editors() && may(Act::EditCase),
        ask: state.is_with_editors()
            && may(Act::EditCase)
            && (state == CaseState::Editing || case.text > case.fixed),
        publish: state == CaseState::Agreed && may(Act::PublishCase),
        take_down: state == CaseState::Published && may(Act::PublishCase),
        answer: state == CaseState::Asked && may(Act::AnswerForCase),
        take_back: !state.is_over() && may(Act::AnswerForCase),
    }
}

/// A case, the union that answers for it, and whether the actor reads it from inside.
async fn seen(tx: &mut Tx, actor: Option<&Actor>, id: &CaseId) -> Result<(Case, UnitPlace, bool)> {
    let case = cases::find(tx, id).await?.ok_or(Error::NotFound)?;
    let unit = answering(tx, &case).await?;
    let is_inside = actor.is_some_and(|actor| is_inside(actor, &case, &unit));
    if is_inside || case.shown().is_some() {
        Ok((case, unit, is_inside))
    } else {
        Err(Error::NotFound)
    }
}

/// A draft is its union's alone; what was handed in once is seen by the offices above, too.
fn is_inside(actor: &Actor, case: &Case, unit: &UnitPlace) -> bool {
    policy::sees(actor, &unit.path) && (case.fixed > 0 || actor.belongs_to(&unit.path))
}

/// As `seen`, for an act: from inside alone. Who reads a published case from outside is told whose act it is.
async fn inside(tx: &mut Tx, actor: &Actor, id: &CaseId) -> Result<(Case, UnitPlace)> {
    let (case, unit, is_inside) = seen(tx, Some(actor), id).await?;
    if is_inside {
        Ok((case, unit))
    } else {
        Err(SharingRefusal::NotYours { unit: unit.name }.into())
    }
}

/// So many unions that went into each other are followed.
const MERGERS: usize = 20;

/// The union that answers for a case: its own, or the one that it went into.
async fn answering(tx: &mut Tx, case: &Case) -> Result<UnitPlace> {
    let mut id = case.unit;
    for _ in 0..MERGERS {
        let found = unit::find(tx, &id).await?.ok_or(Error::NotFound)?;
        match (found.state, found.successor_id) {
            (UnitState::Merged, Some(successor)) => id = successor,
            _ => return Ok(found.place()),
        }
    }
    place::find(tx, &id).await?.ok_or(Error::NotFound)
}

/// Something that was done with a case.
struct Done<'a> {
    act: CaseAct,
    deed: Deed,
    note: String,
    /// The unit that acted.
    by: &'a UnitPlace,
    /// By what it is searched from now on; empty unless it is published.
    found_by: String,
}

impl<'a> Done<'a> {
    fn of(act: CaseAct, deed: Deed, by: &'a UnitPlace) -> Done<'a> {
        Done {
            act,
            deed,
            note: String::new(),
            by,
            found_by: String::new(),
        }
    }

    fn because(mut self, note: String) -> Done<'a> {
        self.note = note;
        self
    }
}

/// Keeps what became of a case, with its event and its line of the trail.
async fn keep(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    case: &Case,
    done: Done<'_>,
) -> Result<CaseEventId> {
    if !cases::save(tx, case, &sort_key(&case.title), &done.found_by).await? {
        return Err(General::Stale.into());
    }
    let now = app.now();
    let event = CaseEvent {
        id: CaseEventId(app.entropy.id(now)),
        case: case.id,
        act: done.act,
        unit_name: done.by.name.clone(),
        account_name: actor.name.clone(),
        note: done.note,
        at: now,
    };
    cases::add_event(tx, &event).await?;
    let detail = json!({"title": case.title, "reason": event.note, "number": case.text});
    let object = Object::Case(case.id);
    app.trail(tx, actor, done.deed, object, Some(done.by), detail)
        .await?;
    Ok(event.id)
}

/// Tells people of what happened to a case.
fn say<const N: usize>(
    (tx, app, actor): (&mut Tx, &App, &Actor),
    case: &Case,
    kind: Kind,
    once: CaseEventId,
    to: Vec<To>,
    says: [Said; N],
) {
    let about = About::of(&Object::Case(case.id), Some(case.unit), 0);
    tell(
        app,
        tx,
        actor,
        Message::of(kind, about, once, to).says(says),
    );
}

/// Those who answer for the union, and the office whose turn it is.
fn union_side(unit: &UnitPlace) -> Vec<To> {
    union_of(unit)
}

fn office_side(case: &Case) -> Vec<To> {
    case.at.as_ref().map_or_else(Vec::new, |at| office(at.id))
}
