//! Noting on a visit: remarks are added, and one that is sent again is acknowledged again; who inspects settles where two said different.

use bytes::Bytes;
use jianjia_domain::{
    check::{
        remark::{
            self, Content, PHOTOS_AT_MOST, Remark, RemarkInput, RemarkKind, RemarkRefusal,
            Settlement, VisitPhoto,
        },
        visit::Visit,
    },
    core::{
        audit::{deed::Deed, object::Object},
        ids::{VisitId, VisitRemarkId, VisitSettlementId},
        place::UnitPlace,
        policy::{Actor, act},
        refusal::Refusal,
    },
    year::evidence::EvidenceRefusal,
};
use jianjia_store::{
    check::{remark as remarks, visit as visits},
    core::{
        db::Tx,
        file::Kept,
        place,
        scope::{Scope, Scopes},
    },
    register::unit,
};
use jiff::Timestamp;
use serde_json::json;

use super::inspection::{self, File, file, inspecting, read, seen, told};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    year::evidence::{self, File as Upload},
};

/// Notes something on a visit: a clause or the unit's signature by an inspector, a comment from the unit's own account. Sent again with the same id it is
/// acknowledged again and nothing more.
///
/// # Errors
/// Not found as `inspecting`; as `App::permit` for a comment; by field as `remark::read`; `photos`: `TooManyPhotos`, and as evidence is refused; `IdTaken`;
/// `Concluded` for what an inspector notes on a clause after the visit was concluded.
pub async fn note(
    app: &App,
    actor: &Actor,
    id: &VisitId,
    input: &RemarkInput,
    photos: Vec<Upload>,
) -> Result<Remark> {
    let remark: VisitRemarkId = input
        .id
        .parse()
        .map_err(|_| Error::from(RemarkRefusal::NoKind))?;
    let kind = RemarkKind::from_key(&input.kind);
    // What was acknowledged once needs no photos again: they may be gone from the device.
    let photos = admitted(app, actor, id, &remark, photos).await?;
    let mut tx = app.db.write(scopes(app, id).await?).await?;
    let visit = if kind == Some(RemarkKind::Comment) {
        let (visit, _) = seen(&mut tx, actor, id).await?;
        app.permit(&mut tx, actor, act::AnswerVisit, &visit.unit)
            .await?;
        visit
    } else {
        inspecting(&mut tx, actor, id).await?
    };
    let file = file(&mut tx, app, &visit).await?;
    let (content, note) = remark::read(&file.standard, &file.asked(), input)?;
    let now = app.now();
    let noted = Remark {
        id: remark,
        visit: *id,
        content,
        note,
        photos,
        account: actor.account,
        account_name: actor.name.clone(),
        // A clock that is ahead of ours tells nothing that has not happened yet.
        noted_at: input
            .noted_at
            .parse::<Timestamp>()
            .map_or(now, |at| at.min(now)),
        received_at: now,
    };
    if let Some(kept) = remarks::find(&mut tx, &remark).await? {
        remark::known_again(&kept, &noted)?;
        return Ok(kept);
    }
    let is_clause = matches!(noted.content, Content::Clause { .. });
    if is_clause && !visit.state.is_open() {
        return Err(RemarkRefusal::Concluded.into());
    }
    remarks::insert(&mut tx, &noted).await?;
    let unit = line_of(&mut tx, &visit).await?;
    let mut detail = told(&noted.content);
    detail["entry"] = json!(noted.id);
    detail["photos"] = json!(noted.photos.len());
    let deed = match noted.content {
        Content::Comment { .. } => Deed::AnswerVisit,
        _ => Deed::NoteVisit,
    };
    app.trail(
        &mut tx,
        actor,
        deed,
        Object::Visit(*id),
        unit.as_ref(),
        detail,
    )
    .await?;
    tx.commit().await?;
    Ok(noted)
}

/// Photos as they are kept: cleaned of what tells the camera and the place.
async fn admitted(
    app: &App,
    actor: &Actor,
    id: &VisitId,
    remark: &VisitRemarkId,
    photos: Vec<Upload>,
) -> Result<Vec<VisitPhoto>> {
    let photos: Vec<Upload> = photos
        .into_iter()
        .filter(|photo| !photo.bytes.is_empty())
        .collect();
    let mut tx = app.db.read().await?;
    // Nobody stores files here who sees nothing of the visit.
    seen(&mut tx, actor, id).await?;
    if let Some(kept) = remarks::find(&mut tx, remark).await?
        && kept.visit == *id
        && kept.account == actor.account
    {
        return Ok(kept.photos);
    }
    drop(tx);
    if photos.len() > PHOTOS_AT_MOST {
        let most = PHOTOS_AT_MOST;
        return Err(Refusal::at("photos", RemarkRefusal::TooManyPhotos { most }).into());
    }
    let kept = evidence::admit_photos(app, "photos", photos).await?;
    let photo = |photo: evidence::Admitted| VisitPhoto {
        hash: photo.hash,
        media_type: photo.media_type.mime().to_owned(),
        bytes: photo.bytes,
    };
    Ok(kept.into_iter().map(photo).collect())
}

/// A photo of a visit, for whoever may see it.
///
/// # Errors
/// As `read`; not found when it is none of the visit's; `Damaged`.
pub async fn photo(
    app: &App,
    actor: &Actor,
    id: &VisitId,
    hash: &str,
) -> Result<(VisitPhoto, Bytes)> {
    let mut tx = app.db.read().await?;
    read(&mut tx, actor, id).await?;
    let kept = remarks::of_visit(&mut tx, id).await?;
    let photo = kept
        .into_iter()
        .flat_map(|remark| remark.photos)
        .find(|photo| photo.hash == hash)
        .ok_or(Error::NotFound)?;
    drop(tx);
    match app.files.get(hash).await? {
        Some(Kept::Whole(bytes)) => Ok((photo, bytes)),
        Some(Kept::Damaged) | None => {
            tracing::error!(visit = %id, hash, "a photo of a visit is damaged or missing");
            let name = hash.get(..8).unwrap_or_default().to_owned();
            Err(Error::Refused(EvidenceRefusal::Damaged { name }.into()))
        }
    }
}

/// What is chosen of two remarks that say different.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettleInput {
    pub clause: String,
    /// The id of the remark that stands.
    pub chosen: String,
    pub reason: String,
}

/// One of the inspectors settles which remark on a clause stands.
///
/// # Errors
/// Not found as `inspecting`; `Concluded`; as `remark::settle`.
pub async fn settle(
    app: &App,
    actor: &Actor,
    id: &VisitId,
    input: &SettleInput,
) -> Result<Settlement> {
    let mut tx = app.db.write(scopes(app, id).await?).await?;
    let visit = inspecting(&mut tx, actor, id).await?;
    let kept = remarks::of_visit(&mut tx, id).await?;
    let settled = remarks::settlements(&mut tx, id).await?;
    let standing = remark::standing(&kept, &settled, &input.clause);
    let chosen: Option<VisitRemarkId> = input.chosen.parse().ok();
    // The form was sent twice.
    if let Some(same) = settled.last().filter(|last| {
        last.clause == input.clause
            && Some(last.chosen) == chosen
            && last.account == actor.account
            && last.reason == input.reason.trim()
    }) {
        return Ok(same.clone());
    }
    if !visit.state.is_open() {
        return Err(RemarkRefusal::Concluded.into());
    }
    let (chosen, among, reason) = remark::settle(&standing, chosen, &input.reason)?;
    app.follow(&mut tx, "visit_settlement").await?;
    let now = app.now();
    let settlement = Settlement {
        id: VisitSettlementId(app.entropy.id(now)),
        visit: *id,
        clause: input.clause.clone(),
        chosen: chosen.id,
        among,
        reason,
        account: actor.account,
        account_name: actor.name.clone(),
        at: now,
    };
    remarks::settle(&mut tx, &settlement).await?;
    let unit = line_of(&mut tx, &visit).await?;
    let detail = json!({
        "clause": settlement.clause,
        "entry": settlement.chosen,
        "reason": settlement.reason,
    });
    app.trail(
        &mut tx,
        actor,
        Deed::SettleVisit,
        Object::Visit(*id),
        unit.as_ref(),
        detail,
    )
    .await?;
    tx.commit().await?;
    Ok(settlement)
}

/// An act on a visit, which leaves what is known of its unit alone.
pub(crate) async fn scopes(app: &App, id: &VisitId) -> Result<Scopes> {
    let mut tx = app.db.read().await?;
    let visit = visits::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    Ok([Scope::Visit(*id), Scope::UnitAsItIs(visit.unit)].into())
}

/// In whose trail a line on a visit stands: before it was concluded in the city's, so that nobody reads in their own that one of theirs was drawn.
async fn line_of(tx: &mut Tx, visit: &Visit) -> Result<Option<UnitPlace>> {
    if visit.state.is_open() {
        return Ok(unit::root(tx).await?);
    }
    Ok(Some(place_of(tx, visit).await?))
}

/// The visited unit in the tree.
pub(crate) async fn place_of(tx: &mut Tx, visit: &Visit) -> Result<UnitPlace> {
    place::find(tx, &visit.unit).await?.ok_or(Error::NotFound)
}

/// The file and what was noted on it, as an act on the visit reads them.
pub(crate) async fn noted(
    tx: &mut Tx,
    app: &App,
    visit: &Visit,
) -> Result<(File, Vec<Remark>, Vec<Settlement>)> {
    let file = inspection::file(tx, app, visit).await?;
    let kept = remarks::of_visit(tx, &visit.id).await?;
    let settled = remarks::settlements(tx, &visit.id).await?;
    Ok((file, kept, settled))
}
