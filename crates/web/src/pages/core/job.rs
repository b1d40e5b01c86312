//! Jobs: what runs in the background, waits, failed and comes again, for administrators; and one job, for whoever asked for it as well.

pub(crate) mod export;

use askama::Template;
use axum::extract::State;
use jianjia_app::core::{
    app::App,
    error::Result as Done,
    export as exports,
    job::{self as jobs, Overview, Recurring},
};
use jianjia_domain::core::{
    export::ExportKind,
    ids::JobId,
    job::{By, Job, JobError, JobKind, JobStage, JobState, When},
    place::{UnitKind, UnitPlace, is_within},
    policy::{Act, Actor, Role, may},
};
use jiff::Timestamp;
use serde_json::Value;

use crate::{
    form::{Form, Nothing, Problems, told},
    frame::Frame,
    page::{PageResult, page, see_other_with, unprocessable},
    pages::core::{address, export::download},
    path::Path,
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/jobs", Access::Act(Act::ManageJobs), index),
        Route::get(
            "/jobs/export",
            Access::Act(Act::ManageJobs),
            download::<export::Jobs>,
        ),
        Route::get("/jobs/{job}", Access::SignedIn, show),
        Route::post("/jobs/{job}/stop", Access::SignedIn, stop),
        Route::post("/jobs/{job}/retry", Access::SignedIn, retry),
    ]
}

/// The page of a job, for those to whom it is there: who asked for it, and who administers it.
pub fn shown_to(actor: &Actor, job: &Job) -> Option<String> {
    let administers = |unit: &UnitPlace| {
        let is_of = match job.unit {
            Some(_) => is_within(&job.unit_path, &unit.path),
            None => unit.kind == UnitKind::City,
        };
        is_of && may(actor, Act::ManageJobs, unit)
    };
    let is_own = job.asked_by == Some(actor.account);
    let is_shown = is_own || actor.roles.iter().any(|at| administers(&at.unit));
    is_shown.then(|| address::job(&job.id))
}

/// How far a job is.
pub struct Bar {
    pub words: String,
    pub is_running: bool,
    pub done: i64,
    /// 0 where it is not known.
    pub total: i64,
}

impl Bar {
    pub fn of(frame: &Frame, job: &Job) -> Bar {
        let progress = job.progress;
        let is_running = job.state == JobState::Running;
        Bar {
            words: match job.state {
                JobState::Waiting => waiting(frame, job),
                JobState::Running => running(frame, job),
                JobState::Done | JobState::Failed | JobState::Stopped => {
                    frame.t_fixed(job.state.word()).to_owned()
                }
            },
            is_running,
            done: progress.done.min(progress.total),
            total: progress.total,
        }
    }
}

fn waiting(frame: &Frame, job: &Job) -> String {
    if job.attempts == 0 || job.error.is_none() {
        frame.t("在等待，轮到就办。").to_owned()
    } else {
        frame.t2(
            "第 {} 次未办成，{} 再试。",
            job.attempts,
            frame.minute(job.due_at),
        )
    }
}

fn running(frame: &Frame, job: &Job) -> String {
    let done = || frame.count(job.progress.done);
    match (job.progress.stage, job.progress.total) {
        (Some(JobStage::Reading), _) => frame.t1("正在读表格的第 {} 行。", done()),
        (Some(JobStage::Checking), _) => frame.t1("已经读完 {} 行，正在核对。", done()),
        (Some(JobStage::Writing), _) => frame.t1("正在写入，已经写了 {} 条记录。", done()),
        (Some(JobStage::Saving), total) => {
            frame.t1("{} 行已经备齐，正在生成文件。", frame.count(total))
        }
        (Some(JobStage::Recording), _) => frame.t1("正在写各类记录，已经写了 {} 条。", done()),
        (Some(JobStage::Setting), total) => frame.t2(
            "记录已经写好，正在制作文书：{} 份，共 {} 份。",
            done(),
            frame.count(total),
        ),
        (None, 0) => frame.t("正在办理，还不知道要多久。").to_owned(),
        (None, total) => frame.t2("已经办了 {}，共 {}。", done(), frame.count(total)),
    }
}

/// The kind of a job in words: of what is exported, papers are made.
fn kind(job: &Job) -> &'static str {
    let exported = exports::wanted(job)
        .ok()
        .filter(|_| job.kind == JobKind::Export);
    match exported.map(|export| export.kind) {
        Some(ExportKind::Paper | ExportKind::Certificates) => "任务|制作文书",
        _ => job.kind.word(),
    }
}

/// What a job is: its kind, and what it is about.
fn title(frame: &Frame, job: &Job) -> String {
    let kind = frame.t_fixed(kind(job));
    if job.name.is_empty() {
        kind.to_owned()
    } else {
        format!("{kind} · {}", job.name)
    }
}

#[derive(Template)]
#[template(path = "core/job/index.html")]
struct Index {
    frame: Frame,
    problems: Problems,
    overview: Overview,
}

impl Index {
    fn title(&self, job: &Job) -> String {
        title(&self.frame, job)
    }

    fn bar(&self, job: &Job) -> Bar {
        Bar::of(&self.frame, job)
    }

    /// Who asked for it.
    fn by(&self, job: &Job) -> String {
        by(&self.frame, job)
    }

    fn error(&self, job: &Job) -> String {
        error(&self.frame, job)
    }

    fn told<'a>(&'a self, error: &'a JobError) -> &'a str {
        self.frame.text(&error.text)
    }

    fn kind(&self, recurring: &Recurring) -> &'static str {
        self.frame.t_fixed(recurring.periodic.kind.word())
    }

    /// How often it comes.
    fn often(&self, recurring: &Recurring) -> String {
        let frame = &self.frame;
        match recurring.periodic.when {
            When::DailyAt(hour) => frame.t1("每天 {} 点", hour),
            When::Every(pause) => match pause.as_secs() {
                secs if secs % 3_600 == 0 => frame.t1("每 {} 小时", secs / 3_600),
                secs if secs % 60 == 0 => frame.t1("每 {} 分钟", secs / 60),
                secs => frame.t1("每 {} 秒", secs),
            },
        }
    }

    /// Why there is no next time.
    fn missing(&self, recurring: &Recurring) -> &'static str {
        let frame = &self.frame;
        match (recurring.periodic.kind, recurring.periodic.by) {
            (JobKind::Post, _) => frame.t("没有设置邮件服务器和短信网关"),
            (JobKind::Backup, _) => frame.t("没有设置备份文件夹（backup_dir）"),
            (_, By::EachNode) => frame.t("这个节点还没有办过"),
            (_, By::OneNode) => frame.t("还没有安排"),
        }
    }

    fn is_running(&self, recurring: &Recurring) -> bool {
        let job = recurring.job.as_ref();
        job.is_some_and(|job| job.state == JobState::Running)
    }

    /// The number of those that failed, periodic ones among them.
    fn failures(&self) -> usize {
        let periodic = self.overview.periodic.iter();
        let failing = periodic.filter(|one| one.error.is_some()).count();
        self.overview.failed.len() + failing
    }
}

/// Why it failed the last time; empty where it did not.
fn error(frame: &Frame, job: &Job) -> String {
    let text = job.error.as_ref().map(|error| &error.text);
    text.map_or_else(String::new, |text| frame.text(text).to_owned())
}

fn by(frame: &Frame, job: &Job) -> String {
    if job.asked_by.is_none() {
        frame.t("系统").to_owned()
    } else {
        job.asked_by_name.clone()
    }
}

async fn index(State(app): State<App>, SignedIn(actor): SignedIn, frame: Frame) -> PageResult {
    page(&Index {
        frame,
        problems: Problems::none(),
        overview: jobs::overview(&app, &actor).await?,
    })
}

#[derive(Template)]
#[template(path = "core/job/show.html")]
struct Show {
    frame: Frame,
    problems: Problems,
    job: Job,
    bar: Bar,
    /// Where this page stands, to be loaded again.
    again: String,
    now: Timestamp,
}

impl Show {
    fn of(app: &App, frame: Frame, job: Job, problems: Problems) -> Show {
        Show {
            now: app.now(),
            bar: Bar::of(&frame, &job),
            again: address::job(&job.id),
            frame,
            problems,
            job,
        }
    }

    fn title(&self) -> String {
        title(&self.frame, &self.job)
    }

    fn by(&self) -> String {
        by(&self.frame, &self.job)
    }

    /// A periodic one waits most of the time, and nobody waits for it.
    fn is_followed(&self) -> bool {
        let is_waited_for = self.job.periodic().is_none() && self.job.state.is_open();
        is_waited_for || self.job.state == JobState::Running
    }

    fn may_stop(&self) -> bool {
        let is_recurring = self.job.periodic().is_some();
        self.job.state == JobState::Running
            || (self.job.state == JobState::Waiting && !is_recurring)
    }

    fn may_retry(&self) -> bool {
        matches!(
            self.job.state,
            JobState::Failed | JobState::Stopped | JobState::Waiting
        ) && (self.job.state != JobState::Waiting
            || self.job.periodic().is_some()
            || self.job.error.is_some())
    }

    fn is_administrator(&self) -> bool {
        self.frame.has(Role::Administrator)
    }

    /// What stopping it means.
    fn stopping(&self) -> &'static str {
        let frame = &self.frame;
        match (self.job.periodic(), self.job.kind) {
            (Some(_), _) => frame.t("停止的只是这一次，还没有写完的撤回；下一次照常按时间办。"),
            (None, JobKind::Export | JobKind::Archive) => frame.t("停止以后不生成文件。还要的，可以再试一次。"),
            (None, JobKind::Verify) => frame.t("停止以后没有结果；核对不改任何内容。"),
            (None, JobKind::Import) => frame.t(
                "停止以后，已经写的全部撤回，名册不变。要导入的，可以再试一次，或者在核对结果那一页再确认。",
            ),
            (None, _) => frame.t(
                "停止以后，还没有写完的撤回，已经写好的保留。要接着办的，可以再试一次。",
            ),
        }
    }

    /// What it is about.
    fn about(&self) -> Option<(String, &'static str)> {
        let id = self.job.payload.get("import").and_then(Value::as_str);
        match self.job.kind {
            JobKind::Import => Some((format!("/imports/{}", id?), self.frame.t("看这张表"))),
            JobKind::Post => Some(("/post".to_owned(), self.frame.t("看发送情况"))),
            JobKind::Verify => Some(("/audit".to_owned(), self.frame.t("看审计记录"))),
            JobKind::Invite => Some((
                "/invitations?show=late".to_owned(),
                self.frame.t("看没有开通账号的人"),
            )),
            JobKind::Archive => Some(("/archives".to_owned(), self.frame.t("看做过的档案"))),
            JobKind::Xray => Some(("/insight/x-ray".to_owned(), self.frame.t("看数据疑点"))),
            JobKind::Seal
            | JobKind::Columns
            | JobKind::Remind
            | JobKind::TakeDown
            | JobKind::Rejudge
            | JobKind::Sweep
            | JobKind::Reset
            | JobKind::Export
            | JobKind::RejudgeEdition
            | JobKind::Backup => None,
            JobKind::Editions => Some((
                "/standard/versions".to_owned(),
                self.frame.t("看标准的各个版本"),
            )),
            JobKind::Effect => {
                let id = self.job.payload.get("amendment").and_then(Value::as_str)?;
                Some((
                    format!("/amendments/{id}#effect"),
                    self.frame.t("看新版标准的影响"),
                ))
            }
        }
    }

    /// The file of an export, for whoever asked for it, with how long it is kept.
    fn file(&self) -> Option<(String, String)> {
        let frame = &self.frame;
        let until = exports::good_until(&self.job)?;
        let actor = frame.actor.as_ref()?;
        if self.job.asked_by != Some(actor.account) || until <= self.now {
            return None;
        }
        let until = frame.t1("文件保留到 {}，只有您能下载。", frame.minute(until));
        Some((address::file(&self.job.id), until))
    }

    /// What the check found, each a sentence.
    fn faults(&self) -> Vec<&str> {
        if self.job.kind != JobKind::Verify {
            return Vec::new();
        }
        let first = self.job.result.get("first").and_then(Value::as_array);
        first
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }

    /// What came of it, or of its last run.
    fn result(&self) -> Option<String> {
        let (frame, result) = (&self.frame, &self.job.result);
        let count = |key: &str| Some(frame.count(result.get(key)?.as_i64()?));
        match self.job.kind {
            JobKind::Import => Some(frame.t1("新登记 {} 行。", count("written")?)),
            JobKind::Backup => Some(frame.t3(
                "备份文件 {}：{} 条记录，{} 个文件。",
                result.get("file")?.as_str()?,
                count("rows")?,
                count("files")?,
            )),
            JobKind::Remind => Some(frame.t1("提醒了 {} 人。", count("people")?)),
            JobKind::Export | JobKind::Archive => {
                let file = exports::file_of(&self.job)?;
                let is_over = exports::good_until(&self.job).is_none_or(|until| until <= self.now);
                let wanted = exports::wanted(&self.job).ok();
                let rows = frame.count(file.rows);
                Some(match wanted.map(|export| export.kind) {
                    _ if is_over => frame.t("文件已经过期删除。需要的，请再做一次。").to_owned(),
                    Some(ExportKind::Certificates) => {
                        frame.t2("{}，共 {} 张证书。", file.name, rows)
                    }
                    Some(ExportKind::Archive) => frame.t2("{}，共 {} 条记录。", file.name, rows),
                    Some(ExportKind::Paper) => frame.t1("{}，已经做好。", file.name),
                    _ => frame.t2("{}，共 {} 行。", file.name, rows),
                })
            }
            JobKind::Verify => {
                let faults = result.get("faults")?.as_i64()?;
                let checked = frame.t3(
                    "核对了 {} 条记录、{} 次判定、{} 次测评。",
                    count("rows")?,
                    count("judgements")?,
                    count("polls")?,
                );
                let found = match faults {
                    0 => frame.t("没有发现改动或缺失。").to_owned(),
                    faults => frame.t1("发现 {} 处不符，请马上告诉维护程序的人。", faults),
                };
                Some(format!("{checked}{found}"))
            }
            JobKind::Invite => Some(frame.t2(
                "提醒了 {} 人，告诉了 {} 个发邀请的工会。",
                count("people")?,
                count("federations")?,
            )),
            JobKind::TakeDown => Some(frame.t1("撤下了 {} 个到期的公示。", count("taken_down")?)),
            JobKind::Rejudge => Some(frame.t1("补判了 {} 个单位。", count("units")?)),
            JobKind::Sweep => Some(frame.t3(
                "清理了 {} 个过期的登录、{} 个不再认得的浏览器、{} 个旧任务。",
                count("sessions")?,
                count("browsers")?,
                count("jobs")?,
            )),
            JobKind::Post => Some(frame.t2(
                "发出 {} 封，{} 封没有发出。",
                count("sent")?,
                count("failed")?,
            )),
            JobKind::Xray => Some(frame.t3(
                "看了 {} 个单位的数据，新列出 {} 个疑点，{} 个已经对上。",
                count("examined")?,
                count("raised")?,
                count("corrected")?,
            )),
            JobKind::Effect | JobKind::RejudgeEdition => {
                Some(frame.t1("评判了 {} 个单位。", count("judged")?))
            }
            // Whether a code was sent would tell who has an account.
            JobKind::Seal | JobKind::Columns | JobKind::Reset | JobKind::Editions => None,
        }
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<JobId>,
) -> PageResult {
    let job = jobs::find(&app, &actor, &id).await?;
    page(&Show::of(&app, frame, job, Problems::none()))
}

async fn stop(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<JobId>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    let done = jobs::stop(&app, &actor, &id).await;
    answer(&app, &actor, frame, &id, (done, "已停止。")).await
}

async fn retry(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<JobId>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    let done = jobs::retry(&app, &actor, &id).await;
    answer(&app, &actor, frame, &id, (done, "马上就办。")).await
}

async fn answer(
    app: &App,
    actor: &Actor,
    frame: Frame,
    id: &JobId,
    (done, notice): (Done<()>, &str),
) -> PageResult {
    match told(done, &frame)? {
        Ok(()) => see_other_with(&address::job(id), notice),
        Err(problems) => {
            let job = jobs::find(app, actor, id).await?;
            unprocessable(&Show::of(app, frame, job, problems))
        }
    }
}
