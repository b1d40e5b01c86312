//! Photos of a case: cleaned like all evidence, kept once with the union's evidence, and shown to whoever reads the case.

use bytes::Bytes;
use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::CaseId,
        policy::{Actor, act},
        refusal::{General, Refusal},
    },
    sharing::case::{self, CasePhoto, CaseRefusal, MOST_PHOTOS},
    year::evidence::{Evidence, EvidenceUse, Target},
};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    sharing::case as cases,
    year::evidence as kept,
};
use serde_json::json;

use super::{
    inside, seen,
    writing::{side_of, unit_of},
};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        sort_key::sort_key,
    },
    year::evidence::{File, admit_photos, content, keep_all, small_of},
};

/// Adds a photo, once whoever adds it says that the people in it agree to its being shown.
///
/// # Errors
/// Not found when the actor doesn't see the case; `NotYours` to those who read it from outside; as `App::permit`; `NotEditable`; as `case::caption`; `NoPhoto`, `TooManyPhotos`, `NotAPhoto`; as
/// `evidence::upload`.
pub async fn add_photo(
    app: &App,
    actor: &Actor,
    id: &CaseId,
    files: Vec<File>,
    (caption, agreed): (&str, &str),
) -> Result<()> {
    let unit = unit_of(app, id).await?;
    {
        // What is refused anyway is not decoded first.
        let mut tx = app.db.read().await?;
        let (case, place) = inside(&mut tx, actor, id).await?;
        let permit = app
            .permit_at(&mut tx, actor, act::WriteCase, &place)
            .await?;
        case::may_write(&case, &permit)?;
    }
    let caption = case::caption(caption, agreed)?;
    if files.is_empty() {
        return Err(Refusal::at("file", CaseRefusal::NoPhoto).into());
    }
    let admitted = admit_photos(app, "file", files).await?;
    let mut tx = app.db.write([Scope::Case(*id), Scope::Unit(unit)]).await?;
    let (case, place) = inside(&mut tx, actor, id).await?;
    let permit = app
        .permit_at(&mut tx, actor, act::WriteCase, &place)
        .await?;
    case::may_write(&case, &permit)?;
    let before = cases::photos(&mut tx, id).await?;
    if before.len() + admitted.len() > MOST_PHOTOS {
        let most = MOST_PHOTOS;
        return Err(Refusal::at("file", CaseRefusal::TooManyPhotos { most }).into());
    }
    let mut next = before.last().map_or(0, |photo| photo.place);
    let now = app.now();
    let evidence = keep_all(&mut tx, app, actor, &place, admitted).await?;
    for piece in &evidence {
        if before.iter().any(|photo| photo.evidence == *piece) {
            continue;
        }
        next += 1;
        let photo = CasePhoto {
            case: *id,
            place: next,
            evidence: *piece,
            caption: caption.clone(),
            agreed_by_name: actor.name.clone(),
            agreed_at: now,
        };
        cases::add_photo(&mut tx, &photo).await?;
        let used = EvidenceUse {
            evidence: *piece,
            year: case.year,
            target: Target::Case(*id),
        };
        kept::attach(&mut tx, &place.id, &used, &actor.account, now).await?;
    }
    if !cases::save(&mut tx, &case, &sort_key(&case.title), "").await? {
        return Err(General::Stale.into());
    }
    let detail = json!({"photos": evidence.len(), "note": caption});
    let deed = Deed::AddCasePhotos;
    let object = Object::Case(*id);
    app.trail(&mut tx, actor, deed, object, Some(&place), detail)
        .await?;
    Ok(tx.commit().await?)
}

/// Takes a photo out of a case: its union while it is with it, the city while it edits it. It stays with the union's evidence.
///
/// # Errors
/// Not found when the actor doesn't see the case, or it has no such photo; `NotYours` to those who read it from outside; as `side_of`; `Stale`.
pub async fn remove_photo(app: &App, actor: &Actor, id: &CaseId, place: i64) -> Result<()> {
    let unit = unit_of(app, id).await?;
    let mut tx = app.db.write([Scope::Case(*id), Scope::Unit(unit)]).await?;
    let (case, union) = inside(&mut tx, actor, id).await?;
    side_of(&mut tx, app, actor, &case, &union).await?;
    let photo = photo_at(&mut tx, id, place).await?;
    cases::remove_photo(&mut tx, id, place).await?;
    let used = EvidenceUse {
        evidence: photo.evidence,
        year: case.year,
        target: Target::Case(*id),
    };
    kept::detach(&mut tx, &union.id, &used).await?;
    if !cases::save(&mut tx, &case, &sort_key(&case.title), "").await? {
        return Err(General::Stale.into());
    }
    let detail = json!({"note": photo.caption});
    let deed = Deed::RemoveCasePhoto;
    let object = Object::Case(*id);
    app.trail(&mut tx, actor, deed, object, Some(&union), detail)
        .await?;
    Ok(tx.commit().await?)
}

async fn photo_at(tx: &mut Tx, id: &CaseId, place: i64) -> Result<CasePhoto> {
    let photos = cases::photos(tx, id).await?;
    let found = photos.into_iter().find(|photo| photo.place == place);
    found.ok_or(Error::NotFound)
}

/// A photo, for whoever may read the case.
///
/// # Errors
/// Not found when the case isn't there, isn't the actor's to read, or has no such photo; `Damaged` when its file is.
pub async fn photo(
    app: &App,
    actor: Option<&Actor>,
    id: &CaseId,
    place: i64,
) -> Result<(Evidence, Bytes)> {
    let found = shown(app, actor, id, place).await?;
    let bytes = content(app, &found).await?;
    Ok((found, bytes))
}

/// A small one of it; none when too many others are being made.
///
/// # Errors
/// As `photo`.
pub async fn small_photo(
    app: &App,
    actor: Option<&Actor>,
    id: &CaseId,
    place: i64,
) -> Result<Option<Bytes>> {
    let found = shown(app, actor, id, place).await?;
    small_of(app, found).await
}

async fn shown(app: &App, actor: Option<&Actor>, id: &CaseId, place: i64) -> Result<Evidence> {
    let mut tx = app.db.read().await?;
    seen(&mut tx, actor, id).await?;
    let photo = photo_at(&mut tx, id, place).await?;
    let found = kept::find(&mut tx, &photo.evidence).await?;
    found.ok_or(Error::NotFound)
}
