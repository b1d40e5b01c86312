//! A federation's ranked list of candidates for a trusted title: order, recommend within the quota, undo, close.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::{app::App, standard::Standards},
    round::{
        application::Expected,
        recommendation::{self as recommendations, RankedList, Ranking},
        review::LookedAt,
        round as rounds,
    },
};
use jianjia_domain::{
    core::{
        ids::{ApplicationId, UnitId},
        policy::{Act, Actor},
    },
    round::application::Application,
};
use jianjia_standard::programme::Unconfirmed;
use serde::Deserialize;

use crate::{
    form::{Form, Problems, named::Fields, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other, see_other_with, unprocessable},
    pages::round::{
        address,
        application::progress::state_class,
        review::{is_chosen, looked_at_words},
    },
    path::{self, Path},
    request_key,
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    let act = Access::Act(Act::CloseRecommendation);
    vec![
        Route::get("/recommendations", Access::SignedIn, first),
        Route::get("/recommendations/{year}/{title}", Access::Seen, show),
        Route::post("/recommendations/{year}/{title}/ranking", act, rank),
        Route::post(
            "/recommendations/{year}/{title}/recommendation",
            act,
            recommend,
        ),
        Route::post("/recommendations/{year}/{title}/undo", act, undo),
        Route::post("/recommendations/{year}/{title}/closure", act, close),
    ]
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    of: String,
}

#[derive(Template)]
#[template(path = "round/recommendation/show.html")]
struct Show {
    frame: Frame,
    standards: Standards,
    list: RankedList,
    titles: Vec<(String, String)>,
    federations: Vec<(String, String)>,
    closed: Option<String>,
    /// Whether what nobody confirmed may be confirmed for many files in the approver's name.
    may_confirm: bool,
    typed: Fields,
    request_key: String,
    problems: Problems,
}

impl Show {
    fn looked_at(&self, looked_at: &LookedAt) -> String {
        looked_at_words(&self.frame, *looked_at)
    }

    fn title_name(&self, key: &str, year: &i16) -> String {
        let title = self.standards.title(*year, key);
        let name = title.map_or(key, |title| self.frame.text(&title.name));
        self.frame.t2("{}（{} 年）", name, year)
    }

    fn path(&self) -> String {
        address::recommendations(self.list.year, &self.list.title)
    }

    /// The rank that was typed, or the one that is kept, which the city reads too; empty where none was given yet.
    fn rank(&self, application: &Application) -> String {
        let typed = self.typed.get(&format!("rank_{}", application.id));
        let kept = application.rank;
        typed.map_or_else(
            || kept.map_or_else(String::new, |rank| rank.to_string()),
            str::to_owned,
        )
    }

    /// Whether it was ticked in the form that came back.
    fn is_chosen(&self, id: &ApplicationId) -> bool {
        is_chosen(&self.typed, id)
    }

    fn is_open(&self) -> bool {
        self.closed.is_none() && self.list.may_recommend
    }

    fn class(&self, key: &str) -> &'static str {
        state_class(key)
    }
}

async fn first(State(app): State<App>, SignedIn(_): SignedIn) -> PageResult {
    let titles = recommendations::titles(&app, rounds::current_year(&app));
    let (title, _) = titles.first().ok_or(PageError::NotFound)?;
    see_other(&address::recommendations(rounds::current_year(&app), title))
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, title)): Path<(i16, String)>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let of: Option<UnitId> = match asked.of.as_str() {
        "" => None,
        id => Some(path::read(id)?),
    };
    let list = recommendations::list(&app, &actor, year, &title, of.as_ref()).await?;
    page(&show_page(
        &app,
        frame,
        list,
        Fields::default(),
        Problems::none(),
    ))
}

fn show_page(app: &App, frame: Frame, list: RankedList, typed: Fields, problems: Problems) -> Show {
    Show {
        standards: app.standards.clone(),
        titles: recommendations::titles(app, list.year)
            .into_iter()
            .map(|(key, name)| (key, frame.text(&name).to_owned()))
            .collect(),
        federations: list
            .federations
            .iter()
            .map(|unit| (unit.id.to_string(), unit.name.clone()))
            .collect(),
        closed: list
            .closed
            .as_ref()
            .map(|refusal| refusal.sentence(frame.lang)),
        may_confirm: app.standards.of(list.year).review.unconfirmed == Unconfirmed::Confirm,
        request_key: request_key::fresh(app),
        list,
        typed,
        problems,
        frame,
    }
}

async fn rank(
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
    let done = recommendations::rank(
        &app,
        &actor,
        place.year,
        &place.title,
        &place.federation,
        &ranking,
    )
    .await;
    match told(done, &frame)? {
        Ok(()) => {
            let number = fields.beginning("rank_").count();
            let words = frame.t1("{} 个候选的名次已保存。", number);
            see_other_with(&place.address(), &words)
        }
        Err(problems) => again(&app, &actor, frame, &place, fields, problems).await,
    }
}

async fn recommend(
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
    let done = recommendations::recommend(
        &app,
        &actor,
        place.year,
        &place.title,
        &place.federation,
        &chosen,
        fields.first("request_key"),
    )
    .await;
    match told(done, &frame)? {
        // The same form once more recommends nobody again.
        Ok(files) if files.is_empty() => {
            see_other_with(&place.address(), "勾选的刚才已经推荐过了。")
        }
        Ok(files) => {
            let names = frame.first_names(files.iter().map(Application::applicant_name));
            let words = frame.t2("已向市总工会推荐 {} 个：{}。", files.len(), names);
            see_other_with(&place.address(), &words)
        }
        Err(problems) => again(&app, &actor, frame, &place, fields, problems).await,
    }
}

async fn undo(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, title)): Path<(i16, String)>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let place = Place::of(year, title, &fields)?;
    let id: ApplicationId = fields.read("application")?;
    let expected = Expected {
        revision: fields.read("revision")?,
        request_key: fields.first("request_key").to_owned(),
    };
    let done = recommendations::undo(&app, &actor, &place.federation, &id, &expected).await;
    match told(done, &frame)? {
        Ok(file) => {
            let name = file.applicant_name();
            let words = frame.t1("已撤销对“{}”的推荐，空出 1 个名额。", name);
            see_other_with(&place.address(), &words)
        }
        Err(problems) => again(&app, &actor, frame, &place, fields, problems).await,
    }
}

async fn close(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, title)): Path<(i16, String)>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let place = Place::of(year, title, &fields)?;
    let done =
        recommendations::close(&app, &actor, place.year, &place.title, &place.federation).await;
    match told(done, &frame)? {
        Ok(quota) => {
            let words = frame.t1("推荐已办结，退回市总工会 {} 个名额。", quota.returned);
            see_other_with(&place.address(), &words)
        }
        Err(problems) => again(&app, &actor, frame, &place, fields, problems).await,
    }
}

/// Which list a form is about.
pub(super) struct Place {
    year: i16,
    title: String,
    federation: UnitId,
}

impl Place {
    fn of(year: i16, title: String, fields: &Fields) -> Result<Place, PageError> {
        Ok(Place {
            year,
            title,
            federation: fields.read("federation")?,
        })
    }

    /// As `key` wrote it; none where it can't be read.
    pub(super) fn read(year: &str, title: &str, federation: &str) -> Option<Place> {
        let is_key = title
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        is_key.then_some(())?;
        Some(Place {
            year: year.parse().ok()?,
            title: title.to_owned(),
            federation: federation.parse().ok()?,
        })
    }

    /// Year and title, and the federation: what a form that leads elsewhere first takes along.
    pub(super) fn key(&self) -> (String, String) {
        let list = format!("{}/{}", self.year, self.title);
        (list, self.federation.to_string())
    }

    pub(super) fn address(&self) -> String {
        address::recommendations_of(self.year, &self.title, &self.federation)
    }
}

/// The list with what was typed and why it could not be done.
pub(super) async fn again(
    app: &App,
    actor: &Actor,
    frame: Frame,
    place: &Place,
    typed: Fields,
    problems: Problems,
) -> PageResult {
    let of = Some(&place.federation);
    let list = recommendations::list(app, actor, place.year, &place.title, of).await?;
    let problems = problems.about(|field| {
        let id = field.strip_prefix("rank_")?;
        let mut candidates = list.candidates.iter();
        let found = candidates.find(|one| one.application.id.to_string() == id)?;
        Some(found.application.applicant_name())
    });
    unprocessable(&show_page(app, frame, list, typed, problems))
}
