//! The people of a unit and its elections.

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    register::{election as elections, person as people, unit as units},
};
use jianjia_domain::{
    core::{
        ids::{ElectionId, PersonId, UnitId},
        policy::{self, Act, Actor},
    },
    register::{
        election::{ElectionForm, Former},
        person::{self, Person, PersonForm, Post, masked_phone},
        unit::{Unit, UnitState},
    },
};
use serde::Deserialize;

use crate::{
    form::{Form, Nothing, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::register::address,
    path::Path,
    routes::{Access, Route},
    session::SignedIn,
};

mod export;

pub fn routes() -> Vec<Route> {
    let act = Access::Act(Act::EditPeople);
    vec![
        Route::get("/units/{id}/people", Access::Seen, index),
        Route::get("/units/{id}/people/export", Access::Seen, export::export),
        Route::post("/units/{id}/people", act, create),
        Route::get("/units/{id}/people/new", act, new),
        Route::get("/units/{id}/people/{person}/edit", act, edit),
        Route::post("/units/{id}/people/{person}/edit", act, save),
        Route::post("/units/{id}/people/{person}/departure", act, leave),
        Route::get("/units/{id}/elections/new", act, new_election),
        Route::post("/units/{id}/elections", act, record_election),
        Route::post(
            "/units/{id}/elections/{election}/removal",
            act,
            remove_election,
        ),
    ]
}

#[derive(Template)]
#[template(path = "register/person/index.html")]
struct Index {
    frame: Frame,
    unit: Unit,
    in_post: Vec<Line>,
    left: Vec<Line>,
    may_edit: bool,
}

struct Line {
    person: Person,
    post: String,
    phone: String,
}

async fn index(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
) -> PageResult {
    page(&list(&app, &actor, frame, &id).await?)
}

async fn list(app: &App, actor: &Actor, frame: Frame, id: &UnitId) -> Result<Index, PageError> {
    let view = units::find(app, actor, id).await?;
    let may_edit = frame.may(&Act::EditPeople, &view.unit.place());
    let (in_post, left) = view
        .people
        .into_iter()
        .map(|person| Line {
            post: frame.t_fixed(person.details.post.word()).to_owned(),
            phone: match &person.details.phone {
                None => String::new(),
                Some(phone) if may_edit => phone.clone(),
                Some(phone) => masked_phone(phone),
            },
            person,
        })
        .partition(|line| line.person.left_on.is_none());
    Ok(Index {
        may_edit: may_edit && view.unit.state == UnitState::Active,
        frame,
        unit: view.unit,
        in_post,
        left,
    })
}

/// What the person's form sends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Sent {
    revision: String,
    left_on: String,
    #[serde(flatten)]
    person: PersonForm,
}

#[derive(Template)]
#[template(path = "register/person/edit.html")]
struct Edit {
    frame: Frame,
    unit: Unit,
    /// None: somebody new.
    person: Option<PersonId>,
    posts: Vec<(String, String)>,
    sent: Sent,
    problems: Problems,
}

async fn new(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
) -> PageResult {
    let unit = editable(&app, &actor, &id).await?;
    page(&form_page(
        frame,
        unit,
        None,
        Sent::default(),
        Problems::none(),
    ))
}

async fn create(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
    Form(sent): Form<Sent>,
) -> PageResult {
    match told(
        people::create(&app, &actor, &id, &sent.person).await,
        &frame,
    )? {
        Ok(_) => see_other_with(&address::people(&id), "已登记。"),
        Err(problems) => {
            let unit = editable(&app, &actor, &id).await?;
            unprocessable(&form_page(frame, unit, None, sent, problems))
        }
    }
}

async fn edit(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((id, person)): Path<(UnitId, PersonId)>,
) -> PageResult {
    let unit = editable(&app, &actor, &id).await?;
    let found = people::find(&app, &actor, &unit.id, &person).await?;
    let sent = Sent {
        revision: found.revision.to_string(),
        left_on: String::new(),
        person: person::form_of(&found.details),
    };
    page(&form_page(
        frame,
        unit,
        Some(found.id),
        sent,
        Problems::none(),
    ))
}

async fn save(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((id, person)): Path<(UnitId, PersonId)>,
    Form(sent): Form<Sent>,
) -> PageResult {
    let revision = sent.revision.parse().unwrap_or(0);
    let done = people::edit(&app, &actor, &id, &person, &sent.person, revision).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(&address::people(&id), "已保存。"),
        Err(problems) => again(&app, &actor, frame, &id, &person, sent, problems).await,
    }
}

async fn leave(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((id, person)): Path<(UnitId, PersonId)>,
    Form(sent): Form<Sent>,
) -> PageResult {
    let revision = sent.revision.parse().unwrap_or(0);
    let done = people::leave(&app, &actor, &id, &person, &sent.left_on, revision).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(&address::people(&id), "已登记离任，称号和经历都保留。"),
        Err(problems) => {
            let found = people::find(&app, &actor, &id, &person).await?;
            let sent = Sent {
                person: person::form_of(&found.details),
                ..sent
            };
            again(&app, &actor, frame, &id, &person, sent, problems).await
        }
    }
}

/// The form again, from the newest record on, with what was typed.
async fn again(
    app: &App,
    actor: &Actor,
    frame: Frame,
    id: &UnitId,
    person: &PersonId,
    mut sent: Sent,
    problems: Problems,
) -> PageResult {
    let unit = editable(app, actor, id).await?;
    let found = people::find(app, actor, id, person).await?;
    sent.revision = found.revision.to_string();
    unprocessable(&form_page(frame, unit, Some(*person), sent, problems))
}

fn form_page(
    frame: Frame,
    unit: Unit,
    person: Option<PersonId>,
    sent: Sent,
    problems: Problems,
) -> Edit {
    Edit {
        posts: Post::ALL
            .map(|post| (post.key().to_owned(), frame.t_fixed(post.word()).to_owned()))
            .to_vec(),
        frame,
        unit,
        person,
        sent,
        problems,
    }
}

#[derive(Template)]
#[template(path = "register/person/election.html")]
struct NewElection {
    frame: Frame,
    unit: Unit,
    people: Vec<(String, String)>,
    terms: Vec<(String, String)>,
    /// The present chair's name.
    chair: Option<String>,
    formers: Vec<(String, String)>,
    sent: ElectionForm,
    problems: Problems,
}

async fn new_election(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
) -> PageResult {
    page(
        &election_page(
            &app,
            &actor,
            frame,
            &id,
            ElectionForm::default(),
            Problems::none(),
        )
        .await?,
    )
}

async fn record_election(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
    Form(sent): Form<ElectionForm>,
) -> PageResult {
    match told(elections::create(&app, &actor, &id, &sent).await, &frame)? {
        Ok(_) => see_other_with(
            &address::unit(&id),
            "选举已登记，换届是否按时从此按它计算。",
        ),
        Err(problems) => {
            unprocessable(&election_page(&app, &actor, frame, &id, sent, problems).await?)
        }
    }
}

async fn remove_election(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path((id, election)): Path<(UnitId, ElectionId)>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    elections::remove(&app, &actor, &id, &election).await?;
    see_other_with(&address::unit(&id), "这条选举记录已作废，仍可查阅。")
}

async fn election_page(
    app: &App,
    actor: &Actor,
    frame: Frame,
    id: &UnitId,
    sent: ElectionForm,
    problems: Problems,
) -> Result<NewElection, PageError> {
    let unit = editable(app, actor, id).await?;
    let view = units::find(app, actor, id).await?;
    let in_post = || {
        let people = view.people.iter();
        people.filter(|person| person.left_on.is_none())
    };
    let people = in_post()
        .map(|person| (person.id.to_string(), person.details.name.clone()))
        .collect();
    let chair = in_post()
        .find(|person| person.details.post == Post::Chair)
        .map(|person| person.details.name.clone());
    let terms = [("3", frame.t_fixed("三年")), ("5", frame.t_fixed("五年"))]
        .map(|(years, word)| (years.to_owned(), word.to_owned()))
        .to_vec();
    let formers = Former::ALL
        .map(|former| {
            let word = frame.t_fixed(former.word()).to_owned();
            (former.key().to_owned(), word)
        })
        .to_vec();
    Ok(NewElection {
        frame,
        unit,
        people,
        terms,
        chair,
        formers,
        sent,
        problems,
    })
}

/// The unit, if the actor may change its people.
async fn editable(app: &App, actor: &Actor, id: &UnitId) -> Result<Unit, PageError> {
    let unit = units::find(app, actor, id).await?.unit;
    policy::permit(actor, Act::EditPeople, &unit.place())
        .map_err(jianjia_app::core::error::Error::from)?;
    Ok(unit)
}
