//! Writing a case: by its union, and by the city that edits it. What left its writer's hands stays; the next text is added beside it.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{ApplicationId, CaseEventId, CaseId, UnitId},
        place::{UnitKind, UnitPlace},
        policy::{self, Act, Actor, act},
        refusal::General,
    },
    sharing::case::{
        self, Case, CaseAct, CaseEvent, CaseForm, CaseRefusal, CaseState, CaseText, Side, Written,
    },
};
use jianjia_standard::{Standard, kinds::Kind};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    register::{person, unit},
    round::application,
    sharing::case as cases,
};
use serde_json::json;

use super::{CaseView, answering, beside::register_of, inside, view};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        sort_key::sort_key,
    },
    sharing::request_hash,
};

/// The clauses that a case of a unit of this kind can be tied to: those of the criteria that its titles ask for, in the order of the standard.
pub fn clauses_for(standard: &Standard, kind: UnitKind) -> Vec<String> {
    let kind: Option<Kind> = kind.key().parse().ok();
    let asked: Vec<&str> = match kind {
        Some(kind) => {
            let titles = standard.titles_of(kind);
            let criteria = titles.flat_map(|title| &title.criteria);
            criteria.map(|asked| asked.clause.as_str()).collect()
        }
        None => Vec::new(),
    };
    let all = standard.criteria.iter();
    all.map(|criterion| &criterion.clause)
        .filter(|clause| asked.is_empty() || asked.contains(&clause.as_str()))
        .cloned()
        .collect()
}

/// What a new case begins with.
#[derive(Clone, Debug)]
pub struct NewCase {
    pub unit: UnitPlace,
    pub form: CaseForm,
    pub application: Option<ApplicationId>,
}

/// The form of a new case; with a file of the union's, it begins with the file's story.
///
/// # Errors
/// As `App::permit`; not found when the file isn't the union's.
pub async fn begun(
    app: &App,
    actor: &Actor,
    unit: &UnitId,
    application: Option<&ApplicationId>,
) -> Result<NewCase> {
    let mut tx = app.db.read().await?;
    let permit = app.permit(&mut tx, actor, act::WriteCase, unit).await?;
    let mut form = CaseForm::default();
    if let Some(id) = application {
        form.method = story_of(&mut tx, unit, id).await?;
    }
    Ok(NewCase {
        unit: permit.unit,
        form,
        application: application.copied(),
    })
}

async fn story_of(tx: &mut Tx, unit: &UnitId, id: &ApplicationId) -> Result<String> {
    let file = application::find(tx, id).await?;
    let file = file.filter(|file| file.unit.id == *unit);
    Ok(file.ok_or(Error::NotFound)?.story)
}

/// Writes a new case. The same form twice writes it once.
///
/// # Errors
/// As `App::permit`; as `case::read`; not found when the file isn't the union's.
pub async fn begin(
    app: &App,
    actor: &Actor,
    unit_id: &UnitId,
    form: &CaseForm,
    (application, request_key): (Option<&ApplicationId>, &str),
) -> Result<CaseId> {
    let now = app.now();
    let id = CaseId(app.entropy.id(now));
    let hash = request_hash(app, b"case-request", request_key, actor);
    let scopes = [Scope::Case(id), Scope::Unit(*unit_id)];
    let mut tx = app.db.write(scopes).await?;
    let permit = app.permit(&mut tx, actor, act::WriteCase, unit_id).await?;
    if let Some(before) = cases::of_request(&mut tx, &hash).await? {
        return Ok(before.id);
    }
    if let Some(application) = application {
        story_of(&mut tx, unit_id, application).await?;
    }
    let place = &permit.unit;
    let written = read(&mut tx, app, place, form).await?;
    let (size, industry) = register_of(&mut tx, app, unit_id).await?;
    let made = Case {
        id,
        unit: place.id,
        unit_path: place.path.clone(),
        unit_name: place.name.clone(),
        unit_kind: place.kind,
        size,
        industry,
        year: app.year(),
        application: application.copied(),
        state: CaseState::Draft,
        at: None,
        text: 1,
        fixed: 0,
        agreed: 0,
        title: written.title.clone(),
        published_on: None,
        since_at: now,
        created_by: actor.account,
        created_at: now,
        revision: 1,
    };
    let keys = (sort_key(&made.title), sort_key(&made.unit_name));
    cases::insert(&mut tx, &made, (&keys.0, &keys.1), &hash).await?;
    keep_text(&mut tx, app, actor, &made, (Side::Union, written)).await?;
    let event = CaseEvent {
        id: CaseEventId(app.entropy.id(now)),
        case: id,
        act: CaseAct::Written,
        unit_name: place.name.clone(),
        account_name: actor.name.clone(),
        note: String::new(),
        at: now,
    };
    cases::add_event(&mut tx, &event).await?;
    let (object, detail) = (Object::Case(id), json!({"title": made.title}));
    let deed = Deed::WriteCase;
    app.trail(&mut tx, actor, deed, object, Some(place), detail)
        .await?;
    tx.commit().await?;
    Ok(id)
}

/// A case, for whoever is to write on it now.
///
/// # Errors
/// Not found when the actor doesn't see it; `NotYours` to those who read it from outside; as `side_of`.
pub async fn to_write(app: &App, actor: &Actor, id: &CaseId) -> Result<CaseView> {
    {
        let mut tx = app.db.read().await?;
        let (case, unit) = inside(&mut tx, actor, id).await?;
        side_of(&mut tx, app, actor, &case, &unit).await?;
    }
    view(app, Some(actor), id).await
}

/// For which side the actor writes on a case now: for its union while it is with it, for the city while it edits it.
///
/// # Errors
/// `NotEditable` to those who write for a side that it is not with; `NotYourTurn` to other offices while it is with the city; as `App::permit`.
pub(super) async fn side_of(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    case: &Case,
    unit: &UnitPlace,
) -> Result<Side> {
    let may = |act| policy::may(actor, act, unit);
    let is_with_editors = case.state.is_with_editors();
    let side = match (may(Act::WriteCase), may(Act::EditCase)) {
        (true, false) => Side::Union,
        (false, true) => Side::City,
        _ if is_with_editors => Side::City,
        _ => Side::Union,
    };
    match side {
        Side::City => {
            let is_another_office = !may(Act::EditCase) && may(Act::RecommendCase);
            if let Some(at) = case.at.as_ref().filter(|_| is_another_office) {
                let at = at.name.clone();
                return Err(CaseRefusal::NotYourTurn { at }.into());
            }
            let permit = app.permit_at(tx, actor, act::EditCase, unit).await?;
            case::may_edit(case, &permit)?;
        }
        Side::Union => {
            let permit = app.permit_at(tx, actor, act::WriteCase, unit).await?;
            case::may_write(case, &permit)?;
        }
    }
    Ok(side)
}

/// Writes on a case: its union while it is with it, the city while it edits it.
///
/// # Errors
/// Not found when the actor doesn't see it; `NotYours` to those who read it from outside; as `side_of`; as `case::read`; `Stale` when somebody saved since `revision`.
pub async fn save(
    app: &App,
    actor: &Actor,
    id: &CaseId,
    form: &CaseForm,
    revision: i64,
) -> Result<()> {
    let mut tx = app.db.write(Scope::Case(*id)).await?;
    let (mut case, unit) = inside(&mut tx, actor, id).await?;
    let side = side_of(&mut tx, app, actor, &case, &unit).await?;
    let deed = match side {
        Side::City => Deed::EditCase,
        Side::Union => Deed::WriteCase,
    };
    if case.revision != revision {
        return Err(General::Stale.into());
    }
    let written = read(&mut tx, app, &unit, form).await?;
    case.text = case::next_text(&case);
    case.title.clone_from(&written.title);
    let key = sort_key(&case.title);
    if !cases::save(&mut tx, &case, &key, "").await? {
        return Err(General::Stale.into());
    }
    keep_text(&mut tx, app, actor, &case, (side, written)).await?;
    let detail = json!({"title": case.title, "number": case.text});
    let object = Object::Case(*id);
    app.trail(&mut tx, actor, deed, object, Some(&unit), detail)
        .await?;
    Ok(tx.commit().await?)
}

async fn keep_text(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    case: &Case,
    (side, written): (Side, Written),
) -> Result<()> {
    let text = CaseText {
        case: case.id,
        number: case.text,
        side,
        written,
        written_by_name: actor.name.clone(),
        written_at: app.now(),
    };
    Ok(cases::keep_text(tx, &text).await?)
}

/// Reads a text: with the clauses of the year's standard, and the names that the register has of the union.
async fn read(tx: &mut Tx, app: &App, place: &UnitPlace, form: &CaseForm) -> Result<Written> {
    let known = clauses_for(app.in_force(), place.kind);
    let people = person::of_unit(tx, &place.id).await?;
    let names: Vec<String> = people
        .into_iter()
        .filter(|person| person.left_on.is_none())
        .map(|person| person.details.name)
        .collect();
    Ok(case::read(form, &known, &names)?)
}

/// The union that answers for a case, before its act takes its scopes.
pub(super) async fn unit_of(app: &App, id: &CaseId) -> Result<UnitId> {
    let mut tx = app.db.read().await?;
    let case = cases::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    Ok(answering(&mut tx, &case).await?.id)
}

/// The levels above a unit that cases pass.
pub(super) async fn levels(tx: &mut Tx, place: &UnitPlace) -> Result<Vec<UnitPlace>> {
    let above = unit::above(tx, &place.path).await?;
    let levels = case::levels(&above);
    if levels.is_empty() {
        return Err(CaseRefusal::NobodyAbove.into());
    }
    Ok(levels)
}
