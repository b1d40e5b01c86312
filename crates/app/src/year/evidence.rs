//! Evidence: uploaded, checked (`admitting`), attached to facts and activities, downloaded.

use bytes::Bytes;
use jianjia_domain::core::audit::{deed::Deed, object::Object};
use jianjia_domain::{
    core::{
        ids::{EvidenceId, UnitId},
        place::UnitPlace,
        policy::{self, Act, Actor},
        refusal::Refusal,
    },
    year::evidence::{Evidence, EvidenceRefusal, EvidenceUse, Target, is_only_voucher},
};
use jianjia_store::{
    core::{db::Tx, file::Kept, scope::Scope},
    year::{activity, evidence as kept, subject},
};
use serde_json::json;

use crate::core::{
    app::App,
    error::{Error, Result, refuses},
};

mod admitting;
mod cleaning;
mod questions;
mod shades;
mod small;
pub use admitting::{Admitted, File};
pub(crate) use admitting::{admit, admit_all, admit_photos, clean_all};
pub use questions::{QuestionGroup, QuestionToServe, Questions, questions, use_for_facts};
pub(crate) use shades::shades;
pub(crate) use small::small_of;
pub use small::{SMALL_SIDE, small};

refuses!(EvidenceRefusal);

/// The evidence of a unit, with its uses.
#[derive(Clone, Debug)]
pub struct EvidenceList {
    pub unit: UnitPlace,
    /// Newest first.
    pub evidence: Vec<(Evidence, Vec<UseInWords>)>,
    pub uses: Vec<EvidenceUse>,
    pub may_attach: bool,
}

/// A use of a piece of evidence.
#[derive(Clone, Debug, PartialEq)]
pub enum UseInWords {
    Fact {
        year: i16,
        key: String,
        person: Option<String>,
    },
    Activity {
        title: String,
        held_on: jiff::civil::Date,
    },
    /// The reply to what a department says of the unit.
    Reply,
    /// A photo of a case.
    Case,
    /// What the unit says on a topic.
    Topic,
    /// A voucher of what was spent, told to those who read the unit's money.
    Voucher,
}

/// The evidence of a unit, for anybody who may see it, without what is only a voucher of spending: that stands in its money.
///
/// # Errors
/// Not found when the actor doesn't see the unit.
pub async fn list(app: &App, actor: &Actor, unit: &UnitId) -> Result<EvidenceList> {
    let mut tx = app.db.read().await?;
    let place = app.seen(&mut tx, actor, unit).await?;
    let mut uses = kept::uses(&mut tx, unit).await?;
    let mut pieces = kept::of_unit(&mut tx, unit).await?;
    pieces.retain(|piece| {
        let own = uses.iter().filter(|used| used.evidence == piece.id);
        !is_only_voucher(own.map(|used| &used.target))
    });
    if !policy::may(actor, Act::SeeUnitMoney, &place) {
        uses.retain(|used| !matches!(used.target, Target::Spending(_)));
    }
    let mut evidence = Vec::new();
    for found in pieces {
        let mut used_for = Vec::new();
        for used in uses.iter().filter(|used| used.evidence == found.id) {
            used_for.extend(use_in_words(&mut tx, unit, used).await?);
        }
        evidence.push((found, used_for));
    }
    Ok(EvidenceList {
        may_attach: policy::may(actor, Act::AttachEvidence, &place),
        unit: place,
        evidence,
        uses,
    })
}

/// Uploads files and attaches them to what is named; the same file twice is stored once.
///
/// # Errors
/// As `App::permit`; `file`: `NoFile`, as `evidence::admit`, and of a picture `Broken`, `TooManyPixels`, or `Busy` when too many are being looked
/// at; not found when what they are for isn't there; `IsVoucher` of one that is to stand in the list alone and is a voucher already.
pub async fn upload(
    app: &App,
    actor: &Actor,
    unit: &UnitId,
    files: Vec<File>,
    used_for: Option<(i16, Target)>,
) -> Result<Vec<EvidenceId>> {
    if files.is_empty() {
        return Err(at_file(EvidenceRefusal::NoFile).into());
    }
    let admitted = admit_all(app, actor, unit, Act::AttachEvidence, files).await?;
    let mut tx = app.db.write(Scope::Unit(*unit)).await?;
    let permit = app
        .permit(&mut tx, actor, Act::AttachEvidence, unit)
        .await?;
    let ids = keep_all(&mut tx, app, actor, &permit.unit, admitted).await?;
    if used_for.is_none() {
        for id in &ids {
            if is_only_voucher(&kept::targets(&mut tx, unit, id).await?) {
                let name = of_unit(&mut tx, unit, id).await?.name;
                return Err(at_file(EvidenceRefusal::IsVoucher { name }).into());
            }
        }
    }
    if let Some((year, target)) = used_for {
        for evidence in &ids {
            let used = EvidenceUse {
                evidence: *evidence,
                year,
                target: target.clone(),
            };
            attach_in(&mut tx, app, actor, &permit.unit, &used).await?;
        }
    }
    tx.commit().await?;
    Ok(ids)
}

/// Attaches a piece that the unit has already to a fact or an activity.
///
/// # Errors
/// As `App::permit`; not found when the piece isn't of the unit, or what it is for isn't there.
pub async fn attach(app: &App, actor: &Actor, unit: &UnitId, used: &EvidenceUse) -> Result<()> {
    let mut tx = app.db.write(Scope::Unit(*unit)).await?;
    let permit = app
        .permit(&mut tx, actor, Act::AttachEvidence, unit)
        .await?;
    attach_in(&mut tx, app, actor, &permit.unit, used).await?;
    tx.commit().await?;
    Ok(())
}

/// Detaches a piece from a fact or an activity; the piece stays in the list.
///
/// # Errors
/// As `App::permit`.
pub async fn detach(app: &App, actor: &Actor, unit: &UnitId, used: &EvidenceUse) -> Result<()> {
    if used.target.is_of_an_act() {
        // A reply and a voucher stay as they were given; what else has an act of its own goes by one.
        return Err(Error::NotFound);
    }
    let mut tx = app.db.write(Scope::Unit(*unit)).await?;
    let permit = app
        .permit(&mut tx, actor, Act::AttachEvidence, unit)
        .await?;
    if kept::detach(&mut tx, unit, used).await? {
        let detail = json!({"year": used.year, "target": used.target.to_string()});
        app.trail(
            &mut tx,
            actor,
            Deed::DetachEvidence,
            Object::Evidence(used.evidence),
            Some(&permit.unit),
            detail,
        )
        .await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Removes an unused piece from the unit's list; the row and the file are kept.
///
/// # Errors
/// As `App::permit`; not found when the piece isn't of the unit; `InUse` while it is attached to something.
pub async fn remove(app: &App, actor: &Actor, unit: &UnitId, id: &EvidenceId) -> Result<()> {
    let mut tx = app.db.write(Scope::Unit(*unit)).await?;
    let permit = app
        .permit(&mut tx, actor, Act::AttachEvidence, unit)
        .await?;
    let found = of_unit(&mut tx, unit, id).await?;
    let uses = kept::uses(&mut tx, unit).await?;
    let uses = uses.iter().filter(|used| used.evidence == *id).count();
    if uses > 0 {
        return Err(EvidenceRefusal::InUse {
            name: found.name,
            uses,
        }
        .into());
    }
    if kept::remove(&mut tx, unit, id, app.now()).await? {
        let detail = json!({"name": found.name, "hash": found.hash});
        app.trail(
            &mut tx,
            actor,
            Deed::RemoveEvidence,
            Object::Evidence(*id),
            Some(&permit.unit),
            detail,
        )
        .await?;
    }
    tx.commit().await?;
    Ok(())
}

/// A piece and its content, for anybody who may see its unit, or of a voucher read its money.
///
/// # Errors
/// Not found when it isn't there or the actor may not see it; `Damaged` when the file is, or is missing.
pub async fn open(app: &App, actor: &Actor, id: &EvidenceId) -> Result<(Evidence, Bytes)> {
    let found = seen(app, actor, id).await?;
    let bytes = content(app, &found).await?;
    Ok((found, bytes))
}

/// A piece, for anybody who may see its unit; what is only a voucher, for those who read the unit's money.
async fn seen(app: &App, actor: &Actor, id: &EvidenceId) -> Result<Evidence> {
    let mut tx = app.db.read().await?;
    let found = kept::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let place = app.seen(&mut tx, actor, &found.unit).await?;
    if !policy::may(actor, Act::SeeUnitMoney, &place)
        && is_only_voucher(&kept::targets(&mut tx, &found.unit, id).await?)
    {
        return Err(Error::NotFound);
    }
    Ok(found)
}

pub(crate) async fn content(app: &App, found: &Evidence) -> Result<Bytes> {
    match app.files.get(&found.hash).await? {
        Some(Kept::Whole(bytes)) => Ok(bytes),
        Some(Kept::Damaged) | None => {
            tracing::error!(evidence = %found.id, hash = found.hash, "a file of evidence is damaged or missing");
            let name = found.name.clone();
            Err(Error::Refused(EvidenceRefusal::Damaged { name }.into()))
        }
    }
}

/// Adds stored files to the unit's list.
pub(crate) async fn keep_all(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    unit: &UnitPlace,
    admitted: Vec<Admitted>,
) -> Result<Vec<EvidenceId>> {
    let mut ids = Vec::new();
    for file in admitted {
        let now = app.now();
        let fresh = Evidence {
            id: EvidenceId(app.entropy.id(now)),
            unit: unit.id,
            unit_path: unit.path.clone(),
            hash: file.hash,
            name: file.name,
            media_type: file.media_type,
            bytes: file.bytes,
            uploaded_by: Some(actor.account),
            uploaded_by_name: actor.name.clone(),
            uploaded_at: now,
            removed_at: None,
        };
        let id = kept::insert(tx, &fresh).await?;
        if id == fresh.id {
            let detail = json!({"name": fresh.name, "hash": fresh.hash, "bytes": fresh.bytes});
            app.trail(
                tx,
                actor,
                Deed::UploadEvidence,
                Object::Evidence(id),
                Some(unit),
                detail,
            )
            .await?;
        }
        ids.push(id);
    }
    Ok(ids)
}

async fn attach_in(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    unit: &UnitPlace,
    used: &EvidenceUse,
) -> Result<()> {
    of_unit(tx, &unit.id, &used.evidence).await?;
    match &used.target {
        Target::Fact(key) => {
            app.standards
                .of(used.year)
                .fact(key)
                .ok_or(Error::NotFound)?;
        }
        Target::PersonFact(person, key) => {
            app.standards
                .of(used.year)
                .fact(key)
                .ok_or(Error::NotFound)?;
            subject::person(tx, &unit.id, person)
                .await?
                .ok_or(Error::NotFound)?;
        }
        Target::Activity(id) => {
            activity::find(tx, &unit.id, id)
                .await?
                .ok_or(Error::NotFound)?;
        }
        // With the reply, the case, the contribution or the spending alone, by its own act.
        Target::Entry(_) | Target::Case(_) | Target::Topic(_) | Target::Spending(_) => {
            return Err(Error::NotFound);
        }
    }
    let now = app.now();
    kept::attach(tx, &unit.id, used, &actor.account, now).await?;
    let detail = json!({"year": used.year, "target": used.target.to_string()});
    app.trail(
        tx,
        actor,
        Deed::AttachEvidence,
        Object::Evidence(used.evidence),
        Some(unit),
        detail,
    )
    .await
}

async fn of_unit(tx: &mut Tx, unit: &UnitId, id: &EvidenceId) -> Result<Evidence> {
    let found = kept::find(tx, id).await?;
    found
        .filter(|found| found.unit == *unit && found.removed_at.is_none())
        .ok_or(Error::NotFound)
}

async fn use_in_words(
    tx: &mut Tx,
    unit: &UnitId,
    used: &EvidenceUse,
) -> Result<Option<UseInWords>> {
    Ok(match &used.target {
        Target::Fact(key) => Some(UseInWords::Fact {
            year: used.year,
            key: key.clone(),
            person: None,
        }),
        Target::PersonFact(person, key) => {
            let person = subject::person(tx, unit, person).await?;
            Some(UseInWords::Fact {
                year: used.year,
                key: key.clone(),
                person: Some(person.map_or_else(String::new, |person| person.name)),
            })
        }
        Target::Activity(id) => {
            let found = activity::find(tx, unit, id).await?;
            let found = found.filter(|activity| activity.removed_at.is_none());
            found.map(|activity| UseInWords::Activity {
                title: activity.title,
                held_on: activity.held_on,
            })
        }
        Target::Entry(_) => Some(UseInWords::Reply),
        Target::Case(_) => Some(UseInWords::Case),
        Target::Topic(_) => Some(UseInWords::Topic),
        Target::Spending(_) => Some(UseInWords::Voucher),
    })
}

fn at_file(refusal: EvidenceRefusal) -> Refusal {
    Refusal::at("file", refusal)
}
