//! Public notices of candidates: what everybody reads while they hang, and for the city what it would show, showed, and took down.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::{HeaderValue, header},
    response::IntoResponse,
};
use jianjia_app::{
    core::app::App,
    round::publication::{self as publications, Hanging, Notice, ToPublish},
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    core::{
        ids::PublicationId,
        imprint::Official,
        policy::{Act, Actor},
    },
    round::publication::{Publication, PublicationInput, PublicationOrder, Shown, ShownLine},
};
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    imprint,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::{
        core::export::{Listed, Wanted},
        round::address,
    },
    paper::{self, Link},
    path::Path,
    routes::{Access, Route},
    session::SignedIn,
};

const PUBLISH: Access = Access::Act(Act::PublishCandidates);

pub fn routes() -> Vec<Route> {
    vec![
        Route::get(address::PUBLICATIONS, Access::Public, list),
        Route::get("/publications/{id}", Access::Public, show),
        Route::get("/publications/{id}/export", Access::Public, export),
        Route::get("/publications/{id}/copy", PUBLISH, copy),
        Route::post("/publications/{id}/withdrawal", PUBLISH, withdraw),
        Route::get("/namings/{year}/{title}/publication", PUBLISH, to_publish),
        Route::post("/namings/{year}/{title}/publication", PUBLISH, publish),
    ]
}

#[derive(Template)]
#[template(path = "round/publication/list.html")]
struct List {
    frame: Frame,
    notices: Vec<Hanging>,
}

async fn list(State(app): State<App>, frame: Frame) -> PageResult {
    let notices = publications::hanging(&app).await?;
    page(&List { frame, notices })
}

#[derive(Template)]
#[template(path = "round/publication/show.html")]
struct Show {
    frame: Frame,
    notice: Notice,
}

impl Show {
    fn papers(&self) -> Vec<Link> {
        let notice = address::publication(&self.notice.publication.id);
        paper::links(&notice, &["publication"])
    }

    /// Where its number is said, for those who put up such notices.
    fn imprint(&self) -> Option<String> {
        let mut roles = self.frame.roles().iter();
        let publishes = roles.any(|at| self.frame.may(&Act::PublishCandidates, &at.unit));
        let id = self.notice.publication.id.to_string();
        publishes.then(|| imprint::address(Official::Publication, &id))
    }

    /// Whether it has a column for the unions of people.
    fn has_unions(&self, shown: &Shown) -> bool {
        shown.lines.iter().any(|line| !line.union.is_empty())
    }
}

async fn show(State(app): State<App>, frame: Frame, Path(id): Path<PublicationId>) -> PageResult {
    let notice = publications::notice(&app, &id).await?;
    page(&Show { frame, notice })
}

/// The candidates of a notice that hangs, as a table; of one that came down nothing.
async fn export(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<PublicationId>,
    Query(asked): Query<Wanted>,
) -> PageResult {
    let notice = publications::notice(&app, &id).await?;
    let shown = notice.shown.ok_or(PageError::NotFound)?;
    let headings = ["序号", "候选", "所在工会", "推荐单位"];
    let row = |line: &ShownLine| {
        vec![
            Cell::Number(line.place),
            Cell::Text(line.name.clone()),
            Cell::from(line.union.as_str()),
            Cell::from(line.federation.as_str()),
        ]
    };
    let rows = shown.lines.iter().map(row).collect();
    let listed = Listed::of(&frame, "公示", "publication", &headings);
    listed.answer(rows, &asked.format).await
}

/// The copy that stays with the office: exactly what was shown.
async fn copy(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<PublicationId>,
) -> PageResult {
    let kept = publications::copy(&app, &actor, &id).await?;
    let name = format!("attachment; filename=\"publication-{id}.json\"");
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json; charset=utf-8"),
        ),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&name).map_err(anyhow::Error::from)?,
        ),
    ];
    Ok((headers, kept.shown).into_response())
}

#[derive(Template)]
#[template(path = "round/publication/new.html")]
struct New {
    frame: Frame,
    plan: ToPublish,
    form: PublicationInput,
    reason: String,
    problems: Problems,
}

impl New {
    fn orders(&self) -> Vec<(String, String)> {
        let orders = PublicationOrder::ALL.into_iter();
        orders
            .map(|order| {
                let word = self.frame.t_fixed(order.word());
                (order.key().to_owned(), word.to_owned())
            })
            .collect()
    }

    fn hangs(&self, publication: &Publication) -> bool {
        publication.hangs(self.frame.today)
    }

    /// What became of a notice, in a word or two.
    fn state(&self, publication: &Publication) -> String {
        let frame = &self.frame;
        match &publication.taken_down {
            _ if publication.hangs(frame.today) => frame.t("公示|公示中").to_owned(),
            Some(down) if !down.reason.is_empty() => frame.t1("提前撤下：{}", &down.reason),
            _ => frame.t("公示|已期满").to_owned(),
        }
    }
}

async fn to_publish(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, title)): Path<(i16, String)>,
) -> PageResult {
    let plan = publications::to_publish(&app, &actor, year, &title).await?;
    let mut form = plan.input.clone();
    if form.order.is_empty() {
        form.order = PublicationOrder::Strokes.key().to_owned();
    }
    page(&New {
        frame,
        plan,
        form,
        reason: String::new(),
        problems: Problems::none(),
    })
}

async fn publish(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, title)): Path<(i16, String)>,
    Form(form): Form<PublicationInput>,
) -> PageResult {
    let done = publications::publish(&app, &actor, year, &title, &form).await;
    match told(done, &frame)? {
        Ok(id) => see_other_with(
            &address::publication(&id),
            "已经公示，谁都看得到；期满自动撤下。",
        ),
        Err(problems) => {
            let plan = publications::to_publish(&app, &actor, year, &title).await?;
            unprocessable(&New {
                frame,
                plan,
                form,
                reason: String::new(),
                problems,
            })
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Withdrawal {
    reason: String,
}

async fn withdraw(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<PublicationId>,
    Form(typed): Form<Withdrawal>,
) -> PageResult {
    let (year, title) = of(&app, &id).await?;
    let done = publications::withdraw(&app, &actor, &id, &typed.reason).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(
            &address::publications_of(year, &title),
            "公示已撤下，这一次不算；改好以后可以重新公示。",
        ),
        Err(problems) => {
            again(
                &app,
                &actor,
                frame,
                (year, &title),
                (typed.reason, problems),
            )
            .await
        }
    }
}

async fn again(
    app: &App,
    actor: &Actor,
    frame: Frame,
    (year, title): (i16, &str),
    (reason, problems): (String, Problems),
) -> PageResult {
    let plan = publications::to_publish(app, actor, year, title).await?;
    let form = plan.input.clone();
    unprocessable(&New {
        frame,
        plan,
        form,
        reason,
        problems,
    })
}

/// Of which year and title a notice is.
async fn of(app: &App, id: &PublicationId) -> Result<(i16, String), PageError> {
    let found = publications::notice(app, id).await?.publication;
    Ok((found.year, found.title))
}
