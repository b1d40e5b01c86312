//! The reviewer's workspace: the queue.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    round::{
        recommendation as recommendations,
        review::{self as reviews, LookedAt, Queue, QueueInput, Where},
        round as rounds,
    },
};
use jianjia_domain::{
    core::{
        ids::{ApplicationId, UnitId},
        place::UnitKind,
        policy::{Act, Actor, Role},
    },
    round::{
        application::{Application, State as ApplicationState, state_word},
        route::act_word,
    },
};
use jianjia_standard::programme::{RouteAct, Unconfirmed};
use serde::Deserialize;

use crate::{
    form::Problems,
    frame::Frame,
    page::{PageError, PageResult, page, unprocessable},
    pages::round::application::progress::state_class,
    path, request_key,
    routes::{Access, Route},
    session::SignedIn,
    visit::percent_encoded,
};

mod bulk;
mod desk;

pub fn routes() -> Vec<Route> {
    let mut routes = vec![
        Route::get("/reviews", Access::SignedIn, queue),
        Route::post(
            "/reviews/preview",
            Access::Act(Act::EndorseApplication),
            bulk::preview,
        ),
        Route::post(
            "/reviews/bulk",
            Access::Act(Act::EndorseApplication),
            bulk::carry_out,
        ),
    ];
    routes.extend(desk::routes());
    routes
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    place: String,
    year: String,
    title: String,
    state: String,
    act: String,
    q: String,
    order: String,
    page: String,
}

impl Asked {
    fn input(&self) -> Result<QueueInput, PageError> {
        Ok(QueueInput {
            place: if self.place == "all" {
                Where::All
            } else {
                Where::Mine
            },
            year: match self.year.trim() {
                "" => None,
                typed => Some(path::read(typed)?),
            },
            title: self.title.clone(),
            state: self.state.clone(),
            act: self.act.clone(),
            search: self.q.clone(),
            order: reviews::order(&self.order),
            page: self.page.trim().parse().unwrap_or(1),
        })
    }

    /// The list's address with other values; ends ready for the page.
    fn address(&self, title: &str, state: &str) -> String {
        let encoded = |text: &str| percent_encoded(text);
        format!(
            "/reviews?place={}&year={}&title={}&state={}&act={}&q={}&order={}&page=",
            encoded(&self.place),
            encoded(&self.year),
            encoded(title),
            encoded(state),
            encoded(&self.act),
            encoded(&self.q),
            encoded(&self.order),
        )
    }
}

#[derive(Template)]
#[template(path = "round/review/list.html")]
struct List {
    frame: Frame,
    queue: Queue,
    rows: Vec<Row>,
    asked: Asked,
    is_all: bool,
    /// Whether the person works for the city, which gives the places.
    is_city: bool,
    /// Whether there is a ranked list for the person to look at.
    recommends: bool,
    years: Vec<(String, String)>,
    titles: Vec<(String, String)>,
    states: Vec<(String, String)>,
    acts: Vec<(String, String)>,
    orders: Vec<(String, String)>,
    /// Title, its address, number.
    figures: Vec<(String, String, i64)>,
    base: String,
    may_endorse: bool,
    may_decide: bool,
    /// Whether what nobody confirmed may be confirmed for many files in the approver's name.
    may_confirm: bool,
    request_key: String,
    problems: Problems,
}

struct Row {
    id: ApplicationId,
    revision: i64,
    applicant: String,
    title: String,
    state: &'static str,
    class: &'static str,
    step: String,
    since: String,
    /// What has become of its criteria, and how many files there are.
    looked_at: String,
    files: String,
    is_bulk: bool,
}

async fn queue(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let queue = reviews::queue(&app, &actor, &asked.input()?).await?;
    page(&list_page(&app, frame, queue, asked, Problems::none()))
}

/// The queue as it first shows, with why the act on what was chosen could not be done.
async fn again(app: &App, actor: &Actor, frame: Frame, problems: Problems) -> PageResult {
    let asked = Asked::default();
    let queue = reviews::queue(app, actor, &asked.input()?).await?;
    unprocessable(&list_page(app, frame, queue, asked, problems))
}

fn list_page(app: &App, frame: Frame, queue: Queue, asked: Asked, problems: Problems) -> List {
    let own: Vec<UnitId> = queue.units.iter().map(|unit| unit.id).collect();
    let rows = queue
        .applications
        .iter()
        .zip(&queue.looked_at)
        .map(|(application, looked_at)| row(app, &frame, &own, application, *looked_at))
        .collect();
    let here = |act: RouteAct| {
        queue.applications.iter().any(|application| {
            application
                .turn()
                .is_some_and(|step| step.act == act && own.contains(&step.unit.id))
        })
    };
    let standard = app.standards.of(queue.year);
    List {
        may_endorse: here(RouteAct::Endorse),
        may_decide: here(RouteAct::Decide) && frame.has(Role::Approver),
        may_confirm: here(RouteAct::Decide)
            && frame.has(Role::Approver)
            && standard.review.unconfirmed == Unconfirmed::Confirm,
        base: asked.address(&asked.title, &asked.state),
        is_all: asked.place == "all",
        is_city: queue.units.iter().any(|unit| unit.kind == UnitKind::City),
        recommends: queue
            .units
            .iter()
            .any(|unit| recommendations::concerns(app, unit.kind)),
        request_key: request_key::fresh(app),
        years: years(app),
        titles: standard
            .titles
            .iter()
            .map(|title| (title.key.clone(), frame.text(&title.name).to_owned()))
            .collect(),
        states: states(&frame),
        acts: acts(&frame),
        orders: [
            ("waiting", "等得最久的在前"),
            ("name", "按名称"),
            ("newest", "最新的在前"),
        ]
        .map(|(key, word)| (key.to_owned(), frame.t_fixed(word).to_owned()))
        .to_vec(),
        figures: figures(app, &frame, &queue, &asked),
        rows,
        queue,
        asked,
        problems,
        frame,
    }
}

fn row(
    app: &App,
    frame: &Frame,
    own: &[UnitId],
    application: &Application,
    looked_at: LookedAt,
) -> Row {
    let turn = application.turn();
    let step = turn.map_or_else(String::new, |step| {
        let act = frame.t_fixed(act_word(step.act));
        format!("{} · {act}", step.unit.name)
    });
    let is_here = turn.is_some_and(|step| own.contains(&step.unit.id));
    Row {
        id: application.id,
        revision: application.revision,
        applicant: application.applicant_name(),
        title: app
            .standards
            .of(application.year)
            .title(&application.title)
            .map_or_else(
                || application.title.clone(),
                |title| frame.text(&title.name).to_owned(),
            ),
        state: frame.t_fixed(application.state.word()),
        class: state_class(application.state.key()),
        step,
        since: frame.minute(application.since_at),
        looked_at: looked_at_words(frame, looked_at),
        files: frame.t1("{} 份", looked_at.files),
        is_bulk: is_here
            && turn.is_some_and(|step| matches!(step.act, RouteAct::Endorse | RouteAct::Decide)),
    }
}

/// How many criteria are confirmed, of how many; what is neither confirmed nor rejected is only claimed.
pub fn looked_at_words(frame: &Frame, looked_at: LookedAt) -> String {
    let (confirmed, asked) = (looked_at.confirmed, looked_at.asked);
    match looked_at.rejected {
        0 => frame.t2("属实 {} / {} 条", confirmed, asked),
        rejected => frame.t3("属实 {} / {} 条，不认可 {} 条", confirmed, asked, rejected),
    }
}

/// How many applications wait for each title, with the list of them.
fn figures(app: &App, frame: &Frame, queue: &Queue, asked: &Asked) -> Vec<(String, String, i64)> {
    let titles = app.standards.of(queue.year).titles.iter();
    titles
        .filter_map(|title| {
            let number: i64 = queue
                .counts
                .iter()
                .filter(|count| count.title == title.key)
                .map(|count| count.applications)
                .sum();
            (number > 0).then(|| {
                let name = frame.text(&title.name).to_owned();
                (name, asked.address(&title.key, ""), number)
            })
        })
        .collect()
}

/// The programme's years so far, the newest first.
fn years(app: &App) -> Vec<(String, String)> {
    let current = rounds::current_year(app);
    app.standards
        .years()
        .into_iter()
        .filter(|year| *year <= current)
        .rev()
        .map(|year| (year.to_string(), year.to_string()))
        .collect()
}

fn states(frame: &Frame) -> Vec<(String, String)> {
    ApplicationState::KEYS
        .into_iter()
        .filter(|key| *key != "draft")
        .map(|key| (key.to_owned(), frame.t_fixed(state_word(key)).to_owned()))
        .collect()
}

fn acts(frame: &Frame) -> Vec<(String, String)> {
    RouteAct::ALL
        .iter()
        .map(|act| {
            let word = frame.t_fixed(act_word(*act));
            (act.key().to_owned(), word.to_owned())
        })
        .collect()
}
