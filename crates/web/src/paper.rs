//! Papers that pages offer, as PDF to be printed and DOCX to be edited: their links, and the addresses of all of them. What stands in a paper and who
//! may have it is said in `app`; here is one route for what papers are of.

use axum::extract::State;
use jianjia_app::{
    core::{
        app::App,
        paper::{self as papers, Format, Sheet},
    },
    exchange::{
        package::{self as packages, Binding},
        paper::Wanted,
    },
    paper::{self, Kind, Noun},
    round::paper::publication,
};
use jianjia_domain::core::{
    ids::ApplicationId,
    policy::{Act, Actor, Role},
};

use crate::{
    frame::Frame,
    page::{PageError, PageResult},
    pages::core::export as exports,
    path::{self, Path},
    routes::{Access, Route},
    session::SignedIn,
    table_file,
};

/// A route for each noun that papers are of.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get(
            "/applications/{id}/papers/{file}",
            Access::Seen,
            of_application,
        ),
        Route::get("/applications/{id}/package.pdf", Access::Seen, bound),
        Route::get("/applications/{id}/package.zip", Access::Seen, zipped),
        Route::get(
            "/units/{id}/rating/{year}/papers/{file}",
            Access::Seen,
            of_rating,
        ),
        Route::get(
            "/polls/{id}/papers/{file}",
            Access::Act(Act::HoldPoll),
            of_poll,
        ),
        Route::get("/honours/{id}/papers/{file}", Access::SignedIn, of_honour),
        Route::get(
            "/units/{id}/applications/{year}/{title}/papers/{file}",
            Access::Seen,
            of_list,
        ),
        Route::get(
            "/rounds/{year}/papers/{file}",
            Access::Act(Act::SeeNotice),
            of_round,
        ),
        Route::get(
            "/publications/{id}/papers/{file}",
            Access::Public,
            of_notice,
        ),
        Route::get(
            "/objections/{id}/papers/{file}",
            Access::Act(Act::LookIntoObjection),
            of_objection,
        ),
        Route::get(
            "/honours/batches/{batch}/papers/{file}",
            Access::SignedIn,
            of_batch,
        ),
        Route::get(
            "/spot-checks/{year}/papers/{file}",
            Access::Act(Act::SeeSpotCheck),
            of_check,
        ),
        Route::get(
            "/progress/{year}/papers/{file}",
            Access::Act(Act::SeeSpotCheck),
            of_year,
        ),
    ]
}

async fn of_application(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((id, file)): Path<(String, String)>,
) -> PageResult {
    answer(&app, (&actor, frame), Noun::Application, &id, &file).await
}

async fn bound(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ApplicationId>,
) -> PageResult {
    package(&app, (&actor, frame), &id, Binding::Pdf).await
}

async fn zipped(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ApplicationId>,
) -> PageResult {
    package(&app, (&actor, frame), &id, Binding::Zip).await
}

async fn package(
    app: &App,
    (actor, frame): (&Actor, Frame),
    id: &ApplicationId,
    binding: Binding,
) -> PageResult {
    let papers = packages::gathered(app, actor, id).await?;
    if papers::are_long(&papers.sheets) {
        let wanted = Wanted::Package(binding);
        return later(frame, actor, &wanted, &id.to_string());
    }
    let made = packages::at_once(app, papers, binding).await?;
    Ok(table_file::named(
        &made.name,
        binding.media_type(),
        made.bytes,
    ))
}

async fn of_rating(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((unit, year, file)): Path<(String, String, String)>,
) -> PageResult {
    answer(
        &app,
        (&actor, frame),
        Noun::Rating,
        &format!("{unit}/{year}"),
        &file,
    )
    .await
}

async fn of_poll(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((id, file)): Path<(String, String)>,
) -> PageResult {
    answer(&app, (&actor, frame), Noun::Poll, &id, &file).await
}

async fn of_honour(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((id, file)): Path<(String, String)>,
) -> PageResult {
    answer(&app, (&actor, frame), Noun::Honour, &id, &file).await
}

async fn of_list(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((unit, year, title, file)): Path<(String, String, String, String)>,
) -> PageResult {
    let of = format!("{unit}/{year}/{title}");
    answer(&app, (&actor, frame), Noun::List, &of, &file).await
}

async fn of_round(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, file)): Path<(String, String)>,
) -> PageResult {
    answer(&app, (&actor, frame), Noun::Round, &year, &file).await
}

/// Everybody may print what hangs; who works for the city what hung before, too.
async fn of_notice(
    State(app): State<App>,
    frame: Frame,
    Path((id, file)): Path<(String, String)>,
) -> PageResult {
    // Whoever works for a department, or has no role, is told what the public is, and has no place where a file could be kept.
    let of_unions = |actor: &Actor| {
        let mut roles = actor.roles.iter();
        roles.any(|held| held.role != Role::Department)
    };
    match frame.actor.clone().filter(of_unions) {
        Some(actor) => answer(&app, (&actor, frame), Noun::Publication, &id, &file).await,
        None => {
            let (_, format) = asked(Noun::Publication, &file)?;
            let sheet = publication::public(&app, &path::read(&id)?).await?;
            papers::fits_at_once(&sheet, format)?;
            made(&app, sheet, format).await
        }
    }
}

async fn of_objection(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((id, file)): Path<(String, String)>,
) -> PageResult {
    answer(&app, (&actor, frame), Noun::Objection, &id, &file).await
}

async fn of_batch(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((batch, file)): Path<(String, String)>,
) -> PageResult {
    answer(&app, (&actor, frame), Noun::Batch, &batch, &file).await
}

async fn of_check(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, file)): Path<(String, String)>,
) -> PageResult {
    answer(&app, (&actor, frame), Noun::SpotCheck, &year, &file).await
}

async fn of_year(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, file)): Path<(String, String)>,
) -> PageResult {
    answer(&app, (&actor, frame), Noun::Year, &year, &file).await
}

/// A paper as the file that its address names, `application.pdf`, or the page that has a long one made in the background.
async fn answer(
    app: &App,
    (actor, frame): (&Actor, Frame),
    of: Noun,
    id: &str,
    file: &str,
) -> PageResult {
    let (kind, format) = asked(of, file)?;
    let sheet = paper::sheet(app, actor, kind, id).await?;
    if papers::are_long(std::slice::from_ref(&sheet)) {
        papers::fits(&sheet, format)?;
        return later(frame, actor, &Wanted::Paper(kind, format), id);
    }
    made(app, sheet, format).await
}

/// The page that has a paper made in the background.
fn later(frame: Frame, actor: &Actor, wanted: &Wanted, of: &str) -> PageResult {
    let at = actor.main_unit().ok_or(PageError::NotFound)?;
    exports::ask_for_paper(frame, &at.id, wanted.title(), &wanted.fields(of))
}

/// What a file's name asks for.
fn asked(of: Noun, file: &str) -> Result<(&'static Kind, Format), PageError> {
    let (name, format) = Format::of_name(file).ok_or(PageError::NotFound)?;
    let kind = paper::kind(name).filter(|kind| kind.of == of);
    Ok((kind.ok_or(PageError::NotFound)?, format))
}

/// A paper that an act makes, of what is known at that moment alone.
///
/// # Errors
/// As `papers::one`.
pub async fn made(app: &App, sheet: Sheet, format: Format) -> PageResult {
    let name = sheet.file_name(format);
    let bytes = papers::one(app, sheet, format).await?;
    Ok(table_file::named(&name, format.media_type(), bytes))
}

/// A paper as a page offers it.
pub struct Link {
    /// What it is called, and what it is for: Chinese source texts.
    pub title: &'static str,
    pub what: &'static str,
    /// Its address without the ending.
    pub address: String,
}

/// The papers of a page's subject, by the names of their kinds. `under` is the subject's address: `/applications/7`.
pub fn links(under: &str, names: &[&str]) -> Vec<Link> {
    let kinds = names.iter().filter_map(|name| paper::kind(name));
    kinds.map(|kind| link(under, kind)).collect()
}

fn link(under: &str, kind: &Kind) -> Link {
    Link {
        title: papers::title(kind.name),
        what: kind.what,
        address: format!("{under}/papers/{}", kind.name),
    }
}
