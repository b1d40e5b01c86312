//! What a federation does on its list: order, recommend within the quota, undo, close, take up reserves, give places back.

use axum::extract::State;
use jianjia_app::{
    core::{app::App, error::Result},
    round::{
        application::Expected,
        recommendation::{self as recommendations, Ranking},
    },
};
use jianjia_domain::{
    core::{ids::ApplicationId, policy::Actor},
    round::application::Application,
};

use super::{Place, again};
use crate::{
    form::{Form, named::Fields, told},
    frame::Frame,
    page::{PageError, PageResult, see_other_with},
    path::{self, Path},
    session::SignedIn,
};

/// Back to the list with what was done; or the list with what was typed, and why it could not be done.
async fn answered<T>(
    app: &App,
    actor: &Actor,
    frame: Frame,
    (place, fields): (&Place, Fields),
    done: Result<T>,
    words: impl FnOnce(&Frame, T) -> String,
) -> PageResult {
    match told(done, &frame)? {
        Ok(done) => see_other_with(&place.address(), &words(&frame, done)),
        Err(problems) => again(app, actor, frame, place, fields, problems).await,
    }
}

fn expected(fields: &Fields) -> std::result::Result<Expected, PageError> {
    Ok(Expected {
        revision: fields.read("revision")?,
        request_key: fields.first("request_key").to_owned(),
    })
}

pub(super) async fn rank(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, title)): Path<(i16, String)>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let place = Place::of(year, title, &fields)?;
    let ranking = match fields.first("move").split_once(':') {
        Some((way, id)) => Ranking::Move {
            moved: path::read(id)?,
            by: if way == "up" { -1 } else { 1 },
        },
        None => {
            let mut numbers = Vec::new();
            for (id, number) in fields.beginning("rank_") {
                numbers.push((path::read(id)?, number.to_owned()));
            }
            Ranking::Numbers(numbers)
        }
    };
    let number = fields.beginning("rank_").count();
    let (year, title, federation) = place.of_list();
    let done = recommendations::rank(&app, &actor, year, title, federation, &ranking).await;
    let words = |frame: &Frame, ()| frame.t1("{} 个候选的名次已保存。", number);
    answered(&app, &actor, frame, (&place, fields), done, words).await
}

pub(super) async fn recommend(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, title)): Path<(i16, String)>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let place = Place::of(year, title, &fields)?;
    let mut chosen = Vec::new();
    for value in fields.all("chosen") {
        let (id, revision) = value.split_once(':').ok_or(PageError::NotFound)?;
        chosen.push((path::read(id)?, path::read(revision)?));
    }
    let (year, title, federation) = place.of_list();
    let done = recommendations::recommend(
        &app,
        &actor,
        year,
        title,
        federation,
        &chosen,
        fields.first("request_key"),
    )
    .await;
    let words = |frame: &Frame, files: Vec<Application>| {
        // The same form once more recommends nobody again.
        if files.is_empty() {
            return "勾选的刚才已经推荐过了。".to_owned();
        }
        let names = frame.first_names(files.iter().map(Application::applicant_name));
        frame.t2("已向市总工会推荐 {} 个：{}。", files.len(), names)
    };
    answered(&app, &actor, frame, (&place, fields), done, words).await
}

pub(super) async fn undo(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, title)): Path<(i16, String)>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let place = Place::of(year, title, &fields)?;
    let id: ApplicationId = fields.read("application")?;
    let expected = expected(&fields)?;
    let (_, _, federation) = place.of_list();
    let done = recommendations::undo(&app, &actor, federation, &id, &expected).await;
    let words = |frame: &Frame, file: Application| {
        frame.t1("已撤销对“{}”的推荐，空出 1 个名额。", file.applicant_name())
    };
    answered(&app, &actor, frame, (&place, fields), done, words).await
}

pub(super) async fn close(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, title)): Path<(i16, String)>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let place = Place::of(year, title, &fields)?;
    let (year, title, federation) = place.of_list();
    let done = recommendations::close(&app, &actor, year, title, federation).await;
    let done = done.map(|quota| quota.returned);
    let words =
        |frame: &Frame, returned| frame.t1("推荐已办结，退回市总工会 {} 个名额。", returned);
    answered(&app, &actor, frame, (&place, fields), done, words).await
}

/// The next reserve moves up.
pub(super) async fn take_up(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, title)): Path<(i16, String)>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let place = Place::of(year, title, &fields)?;
    let id: ApplicationId = fields.read("application")?;
    let expected = expected(&fields)?;
    let reason = fields.first(&format!("passing_{id}"));
    let of = place.of_list();
    let done = recommendations::take_up(&app, &actor, of, &id, reason, &expected).await;
    let words = |frame: &Frame, file: Application| {
        frame.t1("已由“{}”递补，并推荐给市总工会。", file.applicant_name())
    };
    answered(&app, &actor, frame, (&place, fields), done, words).await
}

/// Places that came free return to the city.
pub(super) async fn give_back(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, title)): Path<(i16, String)>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let place = Place::of(year, title, &fields)?;
    let seen = (fields.read("revision")?, fields.read("free")?);
    let done = recommendations::give_back(&app, &actor, place.of_list(), seen).await;
    let words = |frame: &Frame, _| frame.t1("已把空出的 {} 个名额退回市总工会。", seen.1);
    answered(&app, &actor, frame, (&place, fields), done, words).await
}

/// What candidates are, of what the rules on the list count.
pub(super) async fn say(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, title)): Path<(i16, String)>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let place = Place::of(year, title, &fields)?;
    let mut answers = Vec::new();
    for (rest, choice) in fields.beginning("answer_") {
        let (id, property) = rest.split_once('_').ok_or(PageError::NotFound)?;
        answers.push((path::read(id)?, property.to_owned(), choice.to_owned()));
    }
    let done = recommendations::say(&app, &actor, place.of_list(), &answers).await;
    let words = |frame: &Frame, said| frame.t1("已保存 {} 项候选情况。", said);
    answered(&app, &actor, frame, (&place, fields), done, words).await
}
