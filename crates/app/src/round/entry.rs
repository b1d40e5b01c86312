//! What departments say of units: told to the unit, replied to with evidence, upheld or lifted with reasons. An upheld one is a veto from that moment,
//! for files under way too; while one waits, the unit's files are neither decided nor named.

use std::collections::BTreeMap;

use bytes::Bytes;
pub use jianjia_domain::round::entry::EntryRefusal;
use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{EntryId, EvidenceId, UnitId},
        message::{self, About, Kind, Message, Said as Told},
        place::UnitPlace,
        policy::{self, Act, Actor, act},
    },
    round::{
        department::{Asked, StateSaid},
        entry::{self, Entry, Outcome},
        veto::{self, Veto},
    },
    year::evidence::{Evidence, EvidenceUse, Target},
};
use jianjia_standard::{Standard, Text, programme::Department};
use jianjia_store::{
    core::{db::Tx, place, scope::Scope},
    register::unit,
    round::entry::{self as entries, EntryFilter},
    year::evidence as kept,
};
use serde_json::json;

use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
        message::tell,
    },
    round::{
        department as departments,
        veto::{self as vetoes, Foreseen},
    },
    year::evidence::{self, File},
};

mod deciding;
mod holding;
pub use deciding::{decide, uphold_overdue};
pub(crate) use deciding::{lift_upheld, refuse_foreign};
pub(crate) use holding::{
    held, is_of_a_barred_post, refuse_held, refuse_stopped, stopped_in_words, unions,
};

refuses!(EntryRefusal);

/// An entry for those whom it concerns.
#[derive(Clone, Debug)]
pub struct EntryView {
    pub entry: Entry,
    pub department: Text,
    /// What the unit put beside its reply.
    pub evidence: Vec<Evidence>,
    pub may_reply: bool,
    pub may_decide: bool,
    /// Why it can't be upheld yet.
    pub not_upheld: Option<EntryRefusal>,
    /// What upholding it would do, or did, for those who decide.
    pub effects: Option<Foreseen>,
    /// The veto that an upheld one is on record as, while that is in force or lifted.
    pub veto: Option<Veto>,
    /// Other entries that uphold the same state, with their departments: lifted, the unit is barred on by them.
    pub others: Vec<(EntryId, Text)>,
    /// Whether the actor sees the unit's own pages.
    pub sees_unit: bool,
}

/// An entry, for the unit, the unions above it and the department that made it.
///
/// # Errors
/// Not found to others.
pub async fn find(app: &App, actor: &Actor, id: &EntryId) -> Result<EntryView> {
    let mut tx = app.db.read().await?;
    let entry = seen(&mut tx, actor, id).await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let place = place::find(&mut tx, &entry.unit)
        .await?
        .ok_or(Error::NotFound)?;
    let decides = match policy::permit(actor, act::DecideEntry, &city) {
        Ok(permit) => refuse_foreign(&mut tx, actor, &permit, &entry)
            .await
            .is_ok(),
        Err(_) => false,
    };
    let may_decide = decides && !entry.is_lifted();
    let today = app.clock.today();
    // Upheld, its titles are still to be looked at again.
    let effects = match decides && !entry.is_lifted() {
        true => Some(vetoes::effects(&mut tx, app, place.clone(), entry.year).await?),
        false => None,
    };
    let veto = match entry.decision.as_ref().and_then(|decision| decision.veto) {
        Some(veto) => jianjia_store::round::veto::find(&mut tx, &veto).await?,
        None => None,
    };
    let mut others = Vec::new();
    if let Some(veto) = &veto {
        let said = entries::of_veto(&mut tx, &veto.id).await?;
        let standing = said.iter().filter(|other| other.upholds(&veto.id));
        others.extend(
            standing
                .filter(|other| other.id != entry.id)
                .map(|other| (other.id, name_of(app, other))),
        );
    }
    let may_reply = entry.is_open()
        && entry.reply.is_none()
        && today <= entry.reply_by
        && policy::may(actor, Act::ReplyToEntry, &place);
    Ok(EntryView {
        department: name_of(app, &entry),
        evidence: evidence_of(&mut tx, &entry).await?,
        may_reply,
        not_upheld: entry::may_decide(&entry, Outcome::Upheld, today).err(),
        may_decide,
        effects,
        veto,
        others,
        sees_unit: policy::sees(actor, &place.path),
        entry,
    })
}

/// The entries of a unit's year, for those who see it; for a branch those of its union.
pub(crate) async fn of_unit(tx: &mut Tx, unit: &UnitPlace, year: i16) -> Result<Vec<Entry>> {
    let filter = EntryFilter {
        years: vec![year],
        units: vec![unit.id],
        ..EntryFilter::default()
    };
    Ok(entries::list(tx, &filter).await?)
}

/// A piece of evidence beside the unit's reply, for those who see the entry.
///
/// # Errors
/// Not found when it isn't there, isn't beside this reply, or the actor doesn't see the entry; `Damaged` when the file is.
pub async fn open_evidence(
    app: &App,
    actor: &Actor,
    id: &EntryId,
    evidence: &EvidenceId,
) -> Result<(Evidence, Bytes)> {
    let mut tx = app.db.read().await?;
    let entry = seen(&mut tx, actor, id).await?;
    let mut pieces = evidence_of(&mut tx, &entry).await?.into_iter();
    let found = pieces.find(|piece| piece.id == *evidence);
    let found = found.ok_or(Error::NotFound)?;
    tx.commit().await?;
    let bytes = evidence::content(app, &found).await?;
    Ok((found, bytes))
}

async fn evidence_of(tx: &mut Tx, entry: &Entry) -> Result<Vec<Evidence>> {
    let uses = kept::uses(tx, &entry.unit).await?;
    let mut found = Vec::new();
    for used in uses {
        if used.target == Target::Entry(entry.id) {
            found.extend(kept::find(tx, &used.evidence).await?);
        }
    }
    Ok(found)
}

/// An entry that the actor sees.
async fn seen(tx: &mut Tx, actor: &Actor, id: &EntryId) -> Result<Entry> {
    let entry = entries::find(tx, id).await?.ok_or(Error::NotFound)?;
    if policy::sees(actor, &entry.unit_path) {
        return Ok(entry);
    }
    let own = departments::own(tx, actor).await?;
    Some(entry)
        .filter(|entry| entry.department == own)
        .ok_or(Error::NotFound)
}

/// Makes the entry of an answer, and tells the unit.
pub(crate) async fn make(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    (standard, department): (&Standard, &Department),
    asked: &Asked,
    state: &StateSaid,
    by_name: &str,
) -> Result<()> {
    let now = app.now();
    let days = &standard.working_days;
    let reply_by = days.add_working_days(app.clock.today(), department.days_to_reply);
    let entry = Entry {
        id: EntryId(app.entropy.id(now)),
        year: asked.year,
        department: department.key.clone(),
        unit: asked.unit,
        unit_path: asked.unit_path.clone(),
        unit_name: asked.name.clone(),
        clause: state.clause.clone(),
        on: state.on,
        document: state.document.clone(),
        note: state.note.clone(),
        made_by_name: by_name.to_owned(),
        made_at: now,
        reply_by: reply_by.value,
        reply: None,
        decision: None,
        lifting: None,
    };
    if !entries::insert(tx, &entry).await? {
        let refusal = departments::DepartmentRefusal::StandsInState {
            clause: entry.clause,
        };
        return Err(refusal.into());
    }
    let unit = place::find(tx, &entry.unit).await?.ok_or(Error::NotFound)?;
    let told = Message::of(Kind::EntryMade, about(&entry), "", message::union_of(&unit))
        .says([
            entry.unit_name.as_str().into(),
            (&department.name).into(),
            entry.year.into(),
            clause(app, &entry),
        ])
        .because(vec![
            entry.source(standard).into(),
            Told::Both(veto::stops(standard)),
        ])
        .due(Some(entry.reply_by));
    tell(app, tx, actor, told);
    Ok(())
}

/// The unit replies, with evidence. Sent twice, it is one reply.
///
/// # Errors
/// Not found to those who don't see it; as `App::permit` at the unit; as `entry::reply`; `file`: as `evidence::admit`.
pub async fn reply(
    app: &App,
    actor: &Actor,
    id: &EntryId,
    typed: &str,
    files: Vec<File>,
) -> Result<Entry> {
    let unit = unit_of(app, actor, id).await?;
    let admitted = evidence::admit_all(app, actor, &unit, Act::ReplyToEntry, files).await?;
    let mut tx = app
        .db
        .write([Scope::Departments, Scope::Unit(unit)])
        .await?;
    let entry = seen(&mut tx, actor, id).await?;
    let permit = app.permit(&mut tx, actor, act::ReplyToEntry, &unit).await?;
    let before = entry.reply.as_ref();
    if before
        .is_some_and(|reply| reply.text == entry::as_kept(typed) && reply.by_name == actor.name)
    {
        return Ok(entry);
    }
    let times = (app.clock.today(), app.now());
    let reply = entry::reply(&entry, &permit, typed, &actor.name, times)?;
    if !entries::reply(&mut tx, id, &reply).await? {
        return Err(EntryRefusal::RepliedAlready.into());
    }
    let pieces = evidence::keep_all(&mut tx, app, actor, &permit.unit, admitted).await?;
    for evidence in &pieces {
        let used = EvidenceUse {
            evidence: *evidence,
            year: entry.year,
            target: Target::Entry(*id),
        };
        kept::attach(&mut tx, &unit, &used, &actor.account, app.now()).await?;
    }
    app.trail(
        &mut tx,
        actor,
        Deed::ReplyToEntry,
        Object::Entry(*id),
        Some(&permit.unit),
        json!({ "clause": entry.clause, "year": entry.year, "evidence": pieces }),
    )
    .await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let mut to = departments::people_of(&mut tx, &entry.department).await?;
    to.extend(message::office(city.id));
    let says = [
        entry.unit_name.as_str().into(),
        (&name_of(app, &entry)).into(),
        clause(app, &entry),
    ];
    let told = Message::of(Kind::EntryReplied, about(&entry), "", to).says(says);
    tell(app, &mut tx, actor, told);
    tx.commit().await?;
    Ok(Entry {
        reply: Some(reply),
        ..entry
    })
}

/// The unit of an entry that the actor sees: which unit that is never changes.
async fn unit_of(app: &App, actor: &Actor, id: &EntryId) -> Result<UnitId> {
    let mut tx = app.db.read().await?;
    Ok(seen(&mut tx, actor, id).await?.unit)
}

/// The department's name, as the year's standard has it.
pub(crate) fn name_of(app: &App, entry: &Entry) -> Text {
    let department = app.standards.of(entry.year).department(&entry.department);
    department.map_or_else(
        || Text {
            zh: entry.department.clone(),
            en: entry.department.clone(),
        },
        |found| found.name.clone(),
    )
}

fn clause(app: &App, entry: &Entry) -> Told {
    let veto = app.standards.veto(entry.year, &entry.clause);
    veto.map_or_else(
        || Told::from(entry.clause.as_str()),
        |veto| Told::from(&veto.name),
    )
}

fn about(entry: &Entry) -> About {
    About::of(&Object::Entry(entry.id), Some(entry.unit), entry.year)
}

/// The names of the departments of a year, by key: for pages that list entries.
pub fn names(app: &App, year: i16) -> BTreeMap<String, Text> {
    let departments = app.standards.of(year).departments.iter();
    departments
        .map(|department| (department.key.clone(), department.name.clone()))
        .collect()
}
