//! Tables and papers made in the background: asked for, made by a job, downloaded by whoever asked. What each kind holds is made by the page that shows it; they
//! come together here.

use std::{collections::BTreeMap, pin::Pin};

use axum::{
    body::Body,
    extract::State,
    http::{HeaderValue, header},
};
use jianjia_app::{
    core::{
        app::App,
        error::{Error, Result},
        export as exports,
        job::{
            Doing, Lane, Work,
            running::{Outcome, Running},
        },
    },
    exchange::{
        archive::making as archives,
        import::exports as tables,
        paper::{self as papers, Wanted},
    },
    office::asker,
};
use jianjia_domain::core::{
    export::{Export, ExportKind},
    ids::{JobId, UnitId},
    job::JobKind,
    policy::Act,
};

use crate::{
    form::{Form, named::Fields},
    frame::Frame,
    page::{PageError, PageResult, see_other},
    pages::{
        amending::{amendment, what_if},
        check::{renewal, visit},
        core::{
            address, audit,
            export::{Asker, made},
            job,
        },
        exchange::import::{self, download},
        honour::honour::batch,
        insight::{change, lacking, xray},
        money::{entry, grant, overview, subsidy},
        office::{account, invitation, letter, message, post, risk, token},
        register::unit,
        round::{department, naming, objection, review, veto},
    },
    path::Path,
    routes::{Access, Route},
    session::SignedIn,
    table_file,
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::post("/exports", Access::SignedIn, begin),
        Route::get("/jobs/{job}/file", Access::SignedIn, open),
        Route::get(
            "/departments/{year}/{department}/sheet",
            Access::Act(Act::SeeLists),
            sheet_of_department,
        ),
    ]
}

/// The sheet that is sent to a department.
async fn sheet_of_department(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path((year, department)): Path<(i16, String)>,
) -> PageResult {
    let sheet = tables::of_department(&app, &actor, year, &department).await?;
    Ok(table_file::named(
        &sheet.name,
        sheet.media_type,
        sheet.bytes,
    ))
}

async fn begin(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Form(fields): Form<Fields>,
) -> PageResult {
    let unit: UnitId = fields.read("at")?;
    let export = read(&frame, &fields).ok_or(PageError::NotFound)?;
    let name = called(&frame, &export).ok_or(PageError::NotFound)?;
    let job = exports::begin(&app, &actor, &export, &unit, name).await?;
    see_other(&address::job(&job))
}

/// More fields than any question has.
const MOST_FIELDS: usize = 20;

fn read(frame: &Frame, fields: &Fields) -> Option<Export> {
    let own = ["csrf", "export", "at"];
    let asked: BTreeMap<String, String> = fields
        .0
        .iter()
        .filter(|(name, _)| !own.contains(&name.as_str()))
        .cloned()
        .collect();
    let kind = ExportKind::from_key(fields.first("export"))?;
    (asked.len() <= MOST_FIELDS).then_some(Export {
        kind,
        asked,
        lang: frame.lang,
    })
}

fn called(frame: &Frame, export: &Export) -> Option<String> {
    match export.kind {
        ExportKind::Table | ExportKind::Accounts => download::called(frame, export),
        ExportKind::Paper => {
            let (wanted, _) = Wanted::read(&export.asked)?;
            Some(frame.t_fixed(wanted.title()).to_owned())
        }
        // It is asked for on its own page.
        ExportKind::Archive => None,
        kind => Some(frame.t_fixed(kind.word()).to_owned()),
    }
}

async fn open(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<JobId>,
) -> PageResult {
    let (file, content) = papers::open(&app, &actor, &id).await?;
    let body = Body::from_stream(content);
    let mut answer = table_file::named(&file.name, &file.media_type, body);
    // So that a browser can say how long it takes.
    let length = HeaderValue::from(file.bytes);
    answer.headers_mut().insert(header::CONTENT_LENGTH, length);
    Ok(answer)
}

/// The jobs that make them. They stand here and not in `app`, since tables are in words.
pub const WORKS: &[Work] = &[
    work(JobKind::Export, Lane::Long),
    work(JobKind::Archive, Lane::Archive),
];

const fn work(kind: JobKind, lane: Lane) -> Work {
    Work {
        kind,
        doing: Doing::Once {
            lane,
            is_here: |_| true,
            run,
        },
    }
}

fn run<'a>(
    app: &'a App,
    running: &'a Running,
) -> Pin<Box<dyn Future<Output = Result<Outcome>> + Send + 'a>> {
    Box::pin(make(app, running))
}

async fn make(app: &App, running: &Running) -> Result<Outcome> {
    let export = exports::wanted(&running.job)?;
    let actor = asker::of_job(app, &running.job).await?;
    let frame = Frame::of_nobody(app, export.lang);
    let (actor, frame, export) = (&actor, &frame, &export);
    let asker = Asker { app, actor, frame };
    let made = match export.kind {
        ExportKind::Trail => audit::made(app, actor, frame, export, running).await,
        ExportKind::Certificates => {
            let made = batch::made(app, actor, export, running).await;
            made.map_err(PageError::from)
        }
        ExportKind::Paper => {
            let made = papers::made(app, actor, export, running).await;
            made.map_err(PageError::from)
        }
        ExportKind::Table | ExportKind::Accounts => {
            let made = download::made(app, actor, export, running).await;
            made.map_err(PageError::from)
        }
        ExportKind::Archive => {
            let made = archives::made(app, actor, export, running).await;
            made.map_err(PageError::from)
        }
        ExportKind::Units => made::<unit::Asked>(asker, export, running).await,
        ExportKind::Reviews => made::<review::asked::Asked>(asker, export, running).await,
        ExportKind::Vetoes => made::<veto::Asked>(asker, export, running).await,
        ExportKind::Answers => made::<department::export::Answers>(asker, export, running).await,
        ExportKind::Messages => made::<message::export::Messages>(asker, export, running).await,
        ExportKind::Risk => made::<risk::export::AtRiskBelow>(asker, export, running).await,
        ExportKind::Invitations => made::<invitation::Search>(asker, export, running).await,
        ExportKind::AccountList => made::<account::Search>(asker, export, running).await,
        ExportKind::Letters => made::<letter::export::Letters>(asker, export, running).await,
        ExportKind::Grants => made::<grant::Asked>(asker, export, running).await,
        ExportKind::UnitMoney => made::<overview::Asked>(asker, export, running).await,
        ExportKind::LedgerEntries => made::<entry::Asked>(asker, export, running).await,
        ExportKind::LedgerLines => made::<entry::AllLines>(asker, export, running).await,
        ExportKind::Renewals => made::<renewal::Asked>(asker, export, running).await,
        ExportKind::Subsidies => made::<subsidy::Asked>(asker, export, running).await,
        ExportKind::SubsidyBases => made::<subsidy::base::Asked>(asker, export, running).await,
        ExportKind::Doubts => made::<xray::Asked>(asker, export, running).await,
        ExportKind::Lacking => made::<lacking::Asked>(asker, export, running).await,
        ExportKind::OneStep => made::<lacking::OneStep>(asker, export, running).await,
        ExportKind::TitleChanges => made::<change::Asked>(asker, export, running).await,
        ExportKind::WhatIf => made::<what_if::Asked>(asker, export, running).await,
        ExportKind::Candidates => made::<naming::export::Candidates>(asker, export, running).await,
        ExportKind::Plaques => made::<renewal::plaque::Plaques>(asker, export, running).await,
        ExportKind::Objections => made::<objection::export::Handled>(asker, export, running).await,
        ExportKind::Visits => made::<visit::list::Asked>(asker, export, running).await,
        ExportKind::Jobs => made::<job::export::Jobs>(asker, export, running).await,
        ExportKind::Post => made::<post::export::Post>(asker, export, running).await,
        ExportKind::Imports => made::<import::lines::Imports>(asker, export, running).await,
        ExportKind::Tokens => made::<token::export::TokensBelow>(asker, export, running).await,
        ExportKind::AmendmentEffect => {
            made::<amendment::effect::Affected>(asker, export, running).await
        }
    };
    exports::deliver(app, running, actor, made.map_err(told)?).await
}

/// What a page would have answered, as a job tells it.
fn told(error: PageError) -> Error {
    match error {
        PageError::NotFound => Error::NotFound,
        PageError::Refused(refusal) => Error::Refused(refusal),
        PageError::Internal(error) => Error::Internal(error),
        other => anyhow::anyhow!("a table could not be made: {other:?}").into(),
    }
}
