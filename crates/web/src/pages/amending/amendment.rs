//! New versions of the standard, for the city: the list, beginning one, and one's page with what it changes, its mistakes and cases, its effect, what can be done
//! with it now, and its history.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::{HeaderValue, header},
    response::IntoResponse,
};
use jianjia_app::{
    amending::amendment::{self as amendments, View},
    core::app::App,
};
use jianjia_domain::{
    amending::{
        amendment::{Amendment, AmendmentState, Found},
        edition::{Edition, EditionState},
    },
    core::{
        audit::deed::Deed,
        ids::AmendmentId,
        policy::{Act, Actor},
    },
};
use serde::Deserialize;

use crate::{
    form::Problems,
    frame::Frame,
    page::{PageError, PageResult, page},
    pages::{
        amending::{
            address,
            comparison::{self, Group, HEADINGS},
        },
        core::{
            export::{Listed, Wanted, download},
            job::{Bar, shown_to},
        },
        year::evidence::size_words,
    },
    path::Path,
    query,
    routes::{Access, Route},
    session::SignedIn,
};

mod acts;
mod beginning;
pub(crate) mod effect;
mod list;

use acts::Step;

const SEE: Access = Access::Act(Act::SeeAmendments);
const PREPARE: Access = Access::Act(Act::PrepareAmendment);
const DECIDE: Access = Access::Act(Act::PutInForce);

pub fn routes() -> Vec<Route> {
    let affected = "/amendments/{id}/effect/{title}/{change}";
    vec![
        Route::get(address::AMENDMENTS, SEE, list::index),
        Route::get("/amendments/export", SEE, list::export),
        Route::get("/amendments/new", PREPARE, beginning::new),
        Route::post(address::AMENDMENTS, PREPARE, beginning::create),
        Route::get("/amendments/{id}", SEE, show),
        Route::get("/amendments/{id}/file", SEE, file),
        Route::post("/amendments/{id}/files", PREPARE, acts::send),
        Route::get("/amendments/{id}/comparison/export", SEE, export_comparison),
        Step::AskForEffect.route("/amendments/{id}/effect", PREPARE),
        Route::get(affected, SEE, effect::list),
        Route::get(
            "/amendments/{id}/effect/{title}/{change}/export",
            SEE,
            download::<effect::Affected>,
        ),
        Step::Propose.route("/amendments/{id}/proposal", DECIDE),
        Step::SendBack.route("/amendments/{id}/return", DECIDE),
        Step::Confirm.route("/amendments/{id}/confirmation", DECIDE),
        Step::GiveUp.route("/amendments/{id}/abandonment", PREPARE),
        Step::Withdraw.route("/amendments/{id}/withdrawal", DECIDE),
    ]
}

/// The state of a version in words; of a confirmed one that of its edition.
fn state(frame: &Frame, one: &Amendment, edition: Option<&Edition>) -> String {
    let word = match edition {
        Some(edition) => edition.state.word(),
        None => one.state.word(),
    };
    frame.t_fixed(word).to_owned()
}

fn class(one: &Amendment, edition: Option<&Edition>) -> &'static str {
    match (one.state, edition.map(|edition| edition.state)) {
        (_, Some(EditionState::InForce)) => "tag-met",
        (_, Some(EditionState::Waiting)) | (AmendmentState::Checked, None) => "tag-claimed",
        (_, Some(EditionState::Overtaken)) => "tag-unmet",
        (AmendmentState::Proposed, None) => "tag-unknown",
        _ => "tag-na",
    }
}

/// The rounds that it holds for, or says that it would.
fn years(frame: &Frame, one: &Amendment, edition: Option<&Edition>) -> String {
    let (first, last) = match (edition, &one.proposal) {
        (Some(edition), _) => (edition.from_year, edition.last_year),
        (None, Some(proposal)) => (proposal.from_year, one.checked.last_year),
        (None, None) => (one.checked.first_year, one.checked.last_year),
    };
    match first {
        0 => String::new(),
        _ => frame.t2("{} 至 {} 年度", first, last),
    }
}

/// What was typed into the forms of one's page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    from_year: String,
    from_on: String,
    seen: String,
    why: String,
}

#[derive(Template)]
#[template(path = "amending/amendment/show.html")]
struct Show {
    frame: Frame,
    problems: Problems,
    view: View,
    typed: Typed,
    /// What the titles are called, by key.
    names: Vec<(String, String)>,
    bar: Option<Bar>,
    /// Where this page stands, to be loaded again while the job runs.
    again: String,
}

impl Show {
    async fn of(
        app: &App,
        actor: &Actor,
        frame: Frame,
        id: &AmendmentId,
        (problems, typed): (Problems, Typed),
    ) -> Result<Show, PageError> {
        let view = amendments::view(app, actor, id).await?;
        let year = app.year();
        let names = view.effect.iter().map(|effect| {
            let title = app.standards.title(year, &effect.title);
            let name = title.map_or(effect.title.as_str(), |title| frame.text(&title.name));
            (effect.title.clone(), name.to_owned())
        });
        let open = view.job.as_ref().filter(|job| job.state.is_open());
        Ok(Show {
            names: names.collect(),
            bar: open.map(|job| Bar::of(&frame, job)),
            again: address::amendment(id),
            frame,
            problems,
            view,
            typed,
        })
    }

    fn one(&self) -> &Amendment {
        &self.view.amendment
    }

    fn state(&self) -> String {
        state(&self.frame, self.one(), self.view.edition.as_ref())
    }

    fn class(&self) -> &'static str {
        class(self.one(), self.view.edition.as_ref())
    }

    fn years(&self) -> String {
        years(&self.frame, self.one(), self.view.edition.as_ref())
    }

    fn origin(&self) -> &'static str {
        self.frame.t_fixed(self.one().origin.word())
    }

    fn is_open(&self) -> bool {
        self.one().state.is_open()
    }

    fn can_be_proposed(&self) -> bool {
        self.one().state == AmendmentState::Checked
    }

    fn is_proposed(&self) -> bool {
        self.one().state == AmendmentState::Proposed
    }

    /// Its edition, while its day is still to come.
    fn waiting(&self) -> Option<&Edition> {
        let edition = self.view.edition.as_ref();
        edition.filter(|edition| {
            edition.state == EditionState::Waiting && self.frame.today < edition.from_on
        })
    }

    /// Where it stands and what happens next.
    fn next(&self) -> String {
        let frame = &self.frame;
        if let Some(edition) = &self.view.edition {
            let day = frame.day(edition.from_on);
            return match edition.state {
                EditionState::Waiting => frame.t2(
                    "已经确认，{} 起生效，管 {} 及以后的年度。生效前还可以撤回；进行中的年度不受影响。",
                    day,
                    edition.from_year,
                ),
                EditionState::InForce => frame.t2(
                    "已于 {} 生效，管 {} 及以后的年度。生效的标准不能再改，要改的另建一版。",
                    day,
                    edition.from_year,
                ),
                EditionState::Withdrawn => frame.t1("生效前已撤回。理由：{}", &edition.reason),
                EditionState::Overtaken => frame
                    .t("执行日到来以前，它管的年度已经有了评判，所以没有生效。要改的，另建一版。")
                    .to_owned(),
            };
        }
        match self.one().state {
            AmendmentState::Draft => frame
                .t("还有要改正的地方，列在下面。改好文件再上传，检查通过以后才能提交确认。")
                .to_owned(),
            AmendmentState::Checked => frame
                .t("检查通过。看过改动和影响以后，由市总工会的审批人提交，另一位审批人确认。")
                .to_owned(),
            AmendmentState::Proposed => frame
                .t("已经提交，等另一位审批人确认。确认以前可以退回。")
                .to_owned(),
            AmendmentState::Confirmed | AmendmentState::Withdrawn => {
                frame.t("已撤回，不会生效。").to_owned()
            }
        }
    }

    fn mistakes(&self) -> Vec<&Found> {
        self.one().checked.apart().0
    }

    fn failed_cases(&self) -> Vec<&Found> {
        self.one().checked.apart().1
    }

    fn cases(&self) -> usize {
        self.one().checked.cases.iter().map(|run| run.cases).sum()
    }

    fn passed(&self) -> usize {
        let runs = self.one().checked.cases.iter();
        runs.map(|run| run.cases.saturating_sub(run.failed)).sum()
    }

    fn groups(&self) -> Vec<Group> {
        let differences = self.view.differences.as_deref().unwrap_or_default();
        comparison::groups(&self.frame, differences)
    }

    /// Whether the parts of the comparison are shown opened.
    fn is_short(&self, group: &Group) -> bool {
        group.rows.len() <= 12
    }

    fn name_of<'a>(&'a self, title: &'a str) -> &'a str {
        let mut names = self.names.iter();
        let name = names.find(|(key, _)| key == title);
        name.map_or(title, |(_, name)| name)
    }

    /// Whether what it would change was worked out before its files were changed once more.
    fn is_old_effect(&self) -> bool {
        let mut effect = self.view.effect.iter();
        let texts = &self.one().checked.version;
        // A version that was proposed since has the same texts under a later revision.
        self.is_open()
            && !texts.is_empty()
            && effect.any(|effect| effect.revision != self.one().revision)
    }

    fn effect_year(&self) -> String {
        let first = self.view.effect.first();
        first.map_or_else(String::new, |effect| effect.year.to_string())
    }

    /// How many unions were judged: for a title that people hold that many people were, who are fewer.
    fn judged(&self) -> String {
        let most = self.view.effect.iter().map(|effect| effect.judged).max();
        most.map_or_else(String::new, |judged| self.frame.count(judged))
    }

    /// The job that works it out, for whoever may look at it.
    fn job_href(&self) -> Option<String> {
        let (job, actor) = (self.view.job.as_ref()?, self.frame.actor.as_ref()?);
        shown_to(actor, job)
    }

    fn file_href(&self, name: &str) -> String {
        let address = format!("{}/file", self.again);
        let href = query::asked(&address, &[("name", name)]);
        href.trim_end_matches('&').to_owned()
    }

    fn size(&self, bytes: &usize) -> String {
        size_words(i64::try_from(*bytes).unwrap_or(i64::MAX))
    }

    fn deed(&self, deed: &Deed) -> &'static str {
        self.frame.t_fixed(deed.word())
    }

    fn by<'a>(&'a self, name: &'a str) -> &'a str {
        match name {
            "" => self.frame.t("系统"),
            name => name,
        }
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<AmendmentId>,
) -> PageResult {
    let asked = (Problems::none(), Typed::default());
    page(&Show::of(&app, &actor, frame, &id, asked).await?)
}

/// Which file is wanted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct WantedFile {
    name: String,
}

async fn file(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<AmendmentId>,
    Query(wanted): Query<WantedFile>,
) -> PageResult {
    let text = amendments::file(&app, &actor, &id, &wanted.name).await?;
    let name = wanted.name.rsplit('/').next().unwrap_or_default();
    // Names of cases are what somebody sent; a header takes what is plain.
    let plain = |c: &char| c.is_ascii_alphanumeric() || ['.', '-', '_'].contains(c);
    let name: String = name.chars().filter(plain).collect();
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        ),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&disposition).map_err(anyhow::Error::from)?,
        ),
    ];
    Ok((headers, text).into_response())
}

async fn export_comparison(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<AmendmentId>,
    Query(asked): Query<Wanted>,
) -> PageResult {
    let view = amendments::view(&app, &actor, &id).await?;
    let rows = comparison::table(&frame, view.differences.as_deref().unwrap_or_default());
    let listed = Listed::of(&frame, "标准对比", "comparison", &HEADINGS);
    listed.answer(rows, &asked.format).await
}
