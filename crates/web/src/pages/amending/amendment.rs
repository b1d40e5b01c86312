//! New versions of the standard, for the city: the list, beginning one, and one's page with what it changes, its mistakes and cases, its effect, what can be done
//! with it now, and its history.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::{HeaderValue, header},
    response::IntoResponse,
};
use jianjia_app::{
    amending::{
        amendment::{self as amendments, Listed as Line, Overview, Sent, Source, View},
        edition as editions,
    },
    core::{app::App, error::Error},
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    amending::{
        amendment::{Amendment, AmendmentState, DraftInput, Found, ProposalInput},
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
    form::{Form, Problems, told, upload::Upload},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::{
        amending::{
            address,
            comparison::{self, Group, HEADINGS},
        },
        core::{
            export::{Listed, Wanted, download},
            job::{Bar, shown_to},
        },
        year::evidence::{files_of, size_words},
    },
    path::Path,
    query, request_key,
    routes::{Access, Route},
    session::SignedIn,
};

pub(crate) mod effect;

const SEE: Access = Access::Act(Act::SeeAmendments);
const PREPARE: Access = Access::Act(Act::PrepareAmendment);
const DECIDE: Access = Access::Act(Act::PutInForce);

pub fn routes() -> Vec<Route> {
    let list = "/amendments/{id}/effect/{title}/{change}";
    vec![
        Route::get(address::AMENDMENTS, SEE, index),
        Route::get("/amendments/export", SEE, export),
        Route::get("/amendments/new", PREPARE, new),
        Route::post(address::AMENDMENTS, PREPARE, create),
        Route::get("/amendments/{id}", SEE, show),
        Route::get("/amendments/{id}/file", SEE, file),
        Route::post("/amendments/{id}/files", PREPARE, send),
        Route::get("/amendments/{id}/comparison/export", SEE, export_comparison),
        Route::post("/amendments/{id}/effect", SEE, ask_for_effect),
        Route::get(list, SEE, effect::list),
        Route::get(
            "/amendments/{id}/effect/{title}/{change}/export",
            SEE,
            download::<effect::Affected>,
        ),
        Route::post("/amendments/{id}/proposal", DECIDE, propose),
        Route::post("/amendments/{id}/return", DECIDE, send_back),
        Route::post("/amendments/{id}/confirmation", DECIDE, confirm),
        Route::post("/amendments/{id}/abandonment", PREPARE, give_up),
        Route::post("/amendments/{id}/withdrawal", DECIDE, withdraw),
    ]
}

/// What the list is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    state: String,
    page: String,
    format: String,
}

impl Asked {
    fn state(&self) -> Option<AmendmentState> {
        AmendmentState::from_key(&self.state)
    }

    fn page(&self) -> i64 {
        self.page.parse().unwrap_or(1).max(1)
    }
}

#[derive(Template)]
#[template(path = "amending/amendment/index.html")]
struct Index {
    frame: Frame,
    asked: Asked,
    overview: Overview,
    page: i64,
    pages: i64,
}

impl Index {
    fn pages_base(&self) -> String {
        query::asked(address::AMENDMENTS, &[("state", &self.asked.state)]) + "page="
    }

    fn export_href(&self) -> String {
        query::asked("/amendments/export", &[("state", &self.asked.state)]) + "format=xlsx"
    }

    fn states(&self) -> Vec<(String, String)> {
        let states = AmendmentState::ALL.into_iter();
        states
            .map(|state| {
                let word = self.frame.t_fixed(state.word()).to_owned();
                (state.key().to_owned(), word)
            })
            .collect()
    }

    fn state(&self, line: &Line) -> String {
        state(&self.frame, &line.amendment, line.edition.as_ref())
    }

    fn class(&self, line: &Line) -> &'static str {
        class(&line.amendment, line.edition.as_ref())
    }

    fn years(&self, line: &Line) -> String {
        years(&self.frame, &line.amendment, line.edition.as_ref())
    }

    fn problems(&self) -> Problems {
        Problems::none()
    }
}

async fn index(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let wanted = asked.page();
    let overview = amendments::list(&app, &actor, asked.state(), wanted).await?;
    page(&Index {
        pages: amendments::pages(overview.total),
        page: wanted,
        frame,
        asked,
        overview,
    })
}

/// More new versions than any city makes.
const AT_MOST: i64 = 2_000;

async fn export(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let overview = amendments::export(&app, &actor, asked.state(), (AT_MOST, 0)).await?;
    let headings = [
        "名称",
        "状态",
        "适用年度",
        "执行日期",
        "起草人",
        "起草时间",
        "提交人",
        "确认人",
        "理由",
    ];
    let row = |line: &Line| {
        let (one, edition) = (&line.amendment, line.edition.as_ref());
        let proposal = one.proposal.as_ref();
        vec![
            Cell::Text(one.name.clone()),
            Cell::Text(state(&frame, one, edition)),
            Cell::Text(years(&frame, one, edition)),
            Cell::Text(proposal.map_or_else(String::new, |of| of.from_on.to_string())),
            Cell::Text(one.made_by_name.clone()),
            Cell::Text(frame.minute(one.made_at)),
            Cell::Text(proposal.map_or_else(String::new, |of| of.by_name.clone())),
            Cell::Text(edition.map_or_else(String::new, |of| of.confirmed_by_name.clone())),
            Cell::Text(one.reason.clone()),
        ]
    };
    let rows = overview.lines.iter().map(row).collect();
    let listed = Listed::of(&frame, "新版标准", "amendments", &headings);
    listed.answer(rows, &asked.format).await
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

/// What the form that begins one brings, besides its files.
#[derive(Clone, Debug, Default)]
struct NewForm {
    input: DraftInput,
    /// `in-force`, `upload` or `proposal`.
    source: String,
    /// The id of the proposal that it begins with; empty without one.
    proposal: String,
    year: String,
}

#[derive(Template)]
#[template(path = "amending/amendment/new.html")]
struct New {
    frame: Frame,
    problems: Problems,
    form: NewForm,
    years: Vec<(String, String)>,
}

impl New {
    fn of(app: &App, frame: Frame, problems: Problems, form: NewForm) -> New {
        let mut years = app.standards.years();
        years.reverse();
        let years = years.into_iter().map(|year| {
            let name = frame.text(&app.standards.of(year).programme.name);
            (year.to_string(), format!("{year} {name}"))
        });
        New {
            years: years.collect(),
            frame,
            problems,
            form,
        }
    }

    fn sources(&self) -> Vec<(String, String)> {
        let proposal = [("proposal", "用这个修改方案里的改动")];
        let proposal = proposal
            .into_iter()
            .filter(|_| !self.form.proposal.is_empty());
        let others = [
            (
                "upload",
                "上传改好的文件（整个文件夹的 ZIP，或者其中几个文件）",
            ),
            ("in-force", "先照搬现行标准，下载文件改好以后再上传"),
        ];
        proposal
            .chain(others)
            .map(|(key, word)| (key.to_owned(), self.frame.t_fixed(word).to_owned()))
            .collect()
    }
}

/// From what a new version is begun.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Begun {
    proposal: String,
}

async fn new(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(begun): Query<Begun>,
) -> PageResult {
    amendments::may_begin(&app, &actor).await?;
    let mut form = NewForm {
        input: DraftInput {
            request_key: request_key::fresh(&app),
            ..DraftInput::default()
        },
        source: "upload".to_owned(),
        proposal: String::new(),
        year: app.year().to_string(),
    };
    if !begun.proposal.is_empty() {
        let id = begun.proposal.parse().map_err(|_| PageError::NotFound)?;
        let (proposal, _) = amendments::of_proposal(&app, &actor, &id).await?;
        form.input.name = proposal.name;
        form.input.reason = proposal.reason;
        form.source = "proposal".to_owned();
        form.proposal = id.to_string();
        form.year = proposal.year.to_string();
    }
    page(&New::of(&app, frame, Problems::none(), form))
}

async fn create(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    upload: Upload,
) -> PageResult {
    let form = NewForm {
        input: DraftInput {
            name: upload.field("name").to_owned(),
            reason: upload.field("reason").to_owned(),
            request_key: upload.field("request_key").to_owned(),
        },
        source: upload.field("source").to_owned(),
        proposal: upload.field("proposal").to_owned(),
        year: upload.field("year").to_owned(),
    };
    let year: i16 = form.year.parse().unwrap_or_else(|_| app.year());
    let from = match form.source.as_str() {
        "in-force" => Ok(Source::InForce { year }),
        "proposal" => {
            let id = form.proposal.parse().map_err(|_| PageError::NotFound)?;
            let found = amendments::of_proposal(&app, &actor, &id).await;
            found.map(|(_, source)| source)
        }
        _ => sent(&upload).map(|sent| Source::Upload { year, sent }),
    };
    let made = match from {
        Ok(from) => amendments::draft(&app, &actor, &from, &form.input).await,
        Err(dropped) => Err(dropped),
    };
    match told(made, &frame)? {
        Ok(id) => see_other_with(
            &address::amendment(&id),
            "新版标准已起草，检查结果在下面。现行标准没有变。",
        ),
        Err(problems) => unprocessable(&New::of(&app, frame, problems, form)),
    }
}

/// The files of a form; a field that was left empty brings none.
fn sent(upload: &Upload) -> Result<Vec<Sent>, Error> {
    let files = files_of(upload)?.into_iter();
    let files = files.filter(|file| !file.bytes.is_empty() || !file.name.is_empty());
    Ok(files
        .map(|file| Sent {
            name: file.name,
            bytes: file.bytes,
        })
        .collect())
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

    fn judged(&self) -> String {
        let first = self.view.effect.first();
        first.map_or_else(String::new, |effect| self.frame.count(effect.judged))
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

async fn send(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<AmendmentId>,
    upload: Upload,
) -> PageResult {
    let done = match sent(&upload) {
        Ok(files) => amendments::change(&app, &actor, &id, upload.field("seen"), &files).await,
        Err(dropped) => Err(dropped),
    };
    match told(done, &frame)? {
        Ok(one) if one.checked.is_sound() => {
            see_other_with(&address::amendment(&id), "已收下，检查通过。")
        }
        Ok(_) => see_other_with(
            &address::amendment(&id),
            "已收下，还有要改正的地方，列在下面。",
        ),
        Err(problems) => {
            let asked = (problems, Typed::default());
            unprocessable(&Show::of(&app, &actor, frame, &id, asked).await?)
        }
    }
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

async fn ask_for_effect(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<AmendmentId>,
    Form(typed): Form<Typed>,
) -> PageResult {
    let done = amendments::ask_for_effect(&app, &actor, &id).await;
    answered(
        &app,
        &actor,
        frame,
        &id,
        done,
        typed,
        "已开始推演，结果会列在下面。",
    )
    .await
}

async fn propose(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<AmendmentId>,
    Form(typed): Form<Typed>,
) -> PageResult {
    let input = ProposalInput {
        from_year: typed.from_year.clone(),
        from_on: typed.from_on.clone(),
        seen: typed.seen.clone(),
    };
    let done = editions::propose(&app, &actor, &id, &input).await;
    let notice = "已提交，等另一位审批人确认。";
    answered(&app, &actor, frame, &id, done, typed, notice).await
}

async fn send_back(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<AmendmentId>,
    Form(typed): Form<Typed>,
) -> PageResult {
    let done = editions::send_back(&app, &actor, &id, (&typed.seen, &typed.why)).await;
    let notice = "已退回，可以改好以后重新提交。";
    answered(&app, &actor, frame, &id, done, typed, notice).await
}

async fn confirm(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<AmendmentId>,
    Form(typed): Form<Typed>,
) -> PageResult {
    let done = editions::confirm(&app, &actor, &id, &typed.seen).await;
    let done = done.map(|_| ());
    let notice = "已确认。到执行日自动生效，进行中的年度不受影响。";
    answered(&app, &actor, frame, &id, done, typed, notice).await
}

async fn give_up(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<AmendmentId>,
    Form(typed): Form<Typed>,
) -> PageResult {
    let done = amendments::give_up(&app, &actor, &id, (&typed.seen, &typed.why)).await;
    let notice = "已撤回，不会生效；记录保留。";
    answered(&app, &actor, frame, &id, done, typed, notice).await
}

async fn withdraw(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<AmendmentId>,
    Form(typed): Form<Typed>,
) -> PageResult {
    let done = editions::withdraw(&app, &actor, &id, &typed.why).await;
    let notice = "已撤回，现行标准不变。";
    answered(&app, &actor, frame, &id, done, typed, notice).await
}

/// On to the version's page; or the same page with what was typed and what is wrong.
async fn answered(
    app: &App,
    actor: &Actor,
    frame: Frame,
    id: &AmendmentId,
    done: Result<(), Error>,
    typed: Typed,
    notice: &'static str,
) -> PageResult {
    match told(done, &frame)? {
        Ok(()) => see_other_with(&address::amendment(id), notice),
        Err(problems) => {
            let asked = (problems, typed);
            unprocessable(&Show::of(app, actor, frame, id, asked).await?)
        }
    }
}
