//! The reviewer's workspace: the queue.

use crate::{
    form::{Problems, named::Fields},
    frame::Frame,
    page::{PageResult, page, unprocessable},
    pages::{
        core::export::download,
        round::{address, application::progress::state_class},
    },
    paper::{self, Link},
    query, request_key,
    routes::{Access, Route},
    session::SignedIn,
    visit::percent_encoded,
};
use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    round::{
        recommendation as recommendations,
        review::{self as reviews, BulkAct, InHands, LookedAt, Queue},
        round as rounds,
    },
};
use jianjia_domain::round::assignment::Assignment;
use jianjia_domain::{
    core::{
        ids::{ApplicationId, UnitId},
        place::{UnitKind, UnitPlace},
        policy::{Act, Actor, Role},
    },
    round::{
        application::{Application, State as ApplicationState, state_word},
        route::act_word,
    },
};
use jianjia_standard::programme::{RouteAct, Unconfirmed};

pub(crate) mod asked;
mod assigning;
mod bulk;
mod desk;
mod export;

use asked::Asked;

pub fn routes() -> Vec<Route> {
    let mut routes = vec![
        Route::get("/reviews", Access::SignedIn, queue),
        Route::get("/reviews/export", Access::SignedIn, download::<Asked>),
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
        Route::post(
            "/reviews/assignment",
            Access::Act(Act::TakeFile),
            assigning::assign,
        ),
    ];
    routes.extend(desk::routes());
    routes
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
    hands: Vec<(String, String)>,
    orders: Vec<(String, String)>,
    /// Title, its address, number.
    figures: Vec<(String, String, i64)>,
    base: String,
    /// The list as it is asked for: what every form and link takes along, so that one comes back to it.
    back: String,
    /// Whether files can be taken in hand here; given to whom.
    may_take: bool,
    colleagues: Vec<(String, String)>,
    may_endorse: bool,
    may_decide: bool,
    /// Whether what nobody confirmed may be confirmed for many files in the approver's name.
    may_confirm: bool,
    request_key: String,
    /// What was ticked and typed, where the list comes back with why the act could not be done.
    typed: Fields,
    problems: Problems,
    papers: Vec<Link>,
}

impl List {
    /// What the Enter key previews: what the office does here; nothing where it does neither.
    fn entered(&self) -> &'static str {
        if self.may_endorse {
            BulkAct::Endorse.key()
        } else {
            BulkAct::Decide.key()
        }
    }

    fn is_ticked(&self, id: &ApplicationId) -> bool {
        self.asked.tick == "all" || is_chosen(&self.typed, id)
    }

    fn export_href(&self) -> String {
        query::asked("/reviews/export", &self.asked.fields()) + "format=xlsx"
    }

    /// What a link to a desk takes along, so that its neighbours are those of this list.
    fn here_query(&self) -> String {
        if self.back.is_empty() {
            return String::new();
        }
        format!("?back={}", percent_encoded(&self.back))
    }
}

/// Whether a file was ticked in a form: `chosen` is its id and revision.
pub fn is_chosen(typed: &Fields, id: &ApplicationId) -> bool {
    let id = id.to_string();
    let mut chosen = typed.all("chosen");
    chosen.any(|value| value.split(':').next() == Some(id.as_str()))
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
    /// Who has it in hand, and whether its reviewer is through with it.
    held_by: String,
    is_passed: bool,
    is_here: bool,
}

async fn queue(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let queue = reviews::queue(&app, &actor, &asked.input()?).await?;
    let typed = Fields::default();
    page(&list_page(
        &app,
        frame,
        queue,
        (asked, typed),
        Problems::none(),
    ))
}

/// The list that somebody came from, with why the act on what was chosen could not be done, and what was ticked and typed for it.
async fn again(
    app: &App,
    actor: &Actor,
    frame: Frame,
    typed: Fields,
    problems: Problems,
) -> PageResult {
    let asked = Asked::of(typed.first("back"));
    let queue = reviews::queue(app, actor, &asked.input()?).await?;
    unprocessable(&list_page(app, frame, queue, (asked, typed), problems))
}

fn list_page(
    app: &App,
    frame: Frame,
    queue: Queue,
    (asked, typed): (Asked, Fields),
    problems: Problems,
) -> List {
    let own: Vec<UnitId> = queue.units.iter().map(|unit| unit.id).collect();
    let rows = queue
        .applications
        .iter()
        .zip(queue.looked_at.iter().zip(&queue.held))
        .map(|(application, known)| row(app, &frame, &own, application, known))
        .collect();
    let here = |act: RouteAct| {
        queue.applications.iter().any(|application| {
            application
                .turn()
                .is_some_and(|step| step.act == act && own.contains(&step.unit.id))
        })
    };
    let standard = app.standards.of(queue.year);
    let is_here = |application: &Application| {
        let turn = application.turn();
        turn.is_some_and(|step| own.contains(&step.unit.id))
    };
    List {
        may_take: queue.applications.iter().any(is_here),
        colleagues: queue
            .colleagues
            .iter()
            .map(|(id, name)| (id.to_string(), name.clone()))
            .collect(),
        back: asked.query(),
        hands: InHands::ALL
            .into_iter()
            .map(|hands| {
                (
                    hands.key().to_owned(),
                    frame.t_fixed(hands.word()).to_owned(),
                )
            })
            .collect(),
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
        papers: papers(&queue, &asked),
        rows,
        queue,
        asked,
        typed,
        problems,
        frame,
    }
}

/// The table of the title that the list is of, where it is of everything below an office of the reader's that hands up to another.
fn papers(queue: &Queue, asked: &Asked) -> Vec<Link> {
    let hands_up = |unit: &&UnitPlace| unit.kind.is_federation() && unit.kind != UnitKind::City;
    match queue.units.iter().find(hands_up) {
        Some(office) if asked.place == "all" && !asked.title.is_empty() && queue.total > 0 => {
            let below = address::applications_below(&office.id, queue.year, &asked.title);
            paper::links(&below, &["summary"])
        }
        _ => Vec::new(),
    }
}

fn row(
    app: &App,
    frame: &Frame,
    own: &[UnitId],
    application: &Application,
    (looked_at, held): (&LookedAt, &Option<Assignment>),
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
        looked_at: looked_at_words(frame, *looked_at),
        held_by: held
            .as_ref()
            .map_or_else(String::new, |held| held.account_name.clone()),
        is_passed: held
            .as_ref()
            .is_some_and(|held| held.is_passed(application)),
        is_here,
        files: frame.t1("{} 份", looked_at.files),
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
