//! Taking files in hand, giving them to a colleague, giving them back, handing them on; and the offices' notes.

use axum::extract::State;
use jianjia_app::{
    core::app::App,
    round::review::{self as reviews, Assigning},
};
use jianjia_domain::{core::ids::ApplicationId, round::application::Application};

use super::{again, asked::Asked, desk};
use crate::{
    form::{Form, named::Fields, told},
    frame::Frame,
    page::{PageError, PageResult, see_other_with},
    path::{self, Path},
    session::SignedIn,
};

/// What the pressed button asks for.
fn how(fields: &Fields) -> Result<Assigning, PageError> {
    match fields.first("how") {
        "take" => Ok(Assigning::Take),
        "give-back" => Ok(Assigning::GiveBack),
        "give" => Ok(Assigning::Give(path::read(fields.first("to"))?)),
        "pass" => Ok(Assigning::Pass),
        _ => Err(PageError::NotFound),
    }
}

/// What was done, on how many and which.
fn done_words(frame: &Frame, how: Assigning, files: &[Application]) -> String {
    let number = files.len();
    let names = frame.first_names(files.iter().map(Application::applicant_name));
    match how {
        Assigning::Take => frame.t2("已由您承办 {} 份申报：{}。", number, names),
        Assigning::GiveBack => frame.t2("已退还 {} 份申报：{}。", number, names),
        Assigning::Give(_) => frame.t2("已分派 {} 份申报：{}。", number, names),
        Assigning::Pass => frame.t2("已核实完毕，交审批人办理 {} 份：{}。", number, names),
    }
}

/// From the queue, of what is ticked.
pub(super) async fn assign(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Form(fields): Form<Fields>,
) -> PageResult {
    let mut files: Vec<ApplicationId> = Vec::new();
    for value in fields.all("chosen") {
        let (id, _) = value.split_once(':').unwrap_or((value, ""));
        files.push(path::read(id)?);
    }
    let back = Asked::of(fields.first("back"));
    let how = how(&fields)?;
    let done = reviews::assign(&app, &actor, &files, how).await;
    match told(done, &frame)? {
        Ok(files) => see_other_with(&back.list(), &done_words(&frame, how, &files)),
        Err(problems) => again(&app, &actor, frame, fields, problems).await,
    }
}

/// From the desk, of one file.
pub(super) async fn assign_one(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ApplicationId>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let how = how(&fields)?;
    let done = reviews::assign(&app, &actor, &[id], how).await;
    // Through with one, on to the next.
    let words = |files: &Vec<Application>| done_words(&frame, how, files);
    let to = match how {
        Assigning::Pass => desk::To::List,
        Assigning::Take | Assigning::GiveBack | Assigning::Give(_) => desk::To::Desk,
    };
    let notice = done.as_ref().map_or_else(|_| String::new(), words);
    desk::answered(&app, &actor, frame, &id, done, fields, (to, &notice)).await
}

pub(super) async fn note(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ApplicationId>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let done = reviews::note(&app, &actor, &id, fields.first("office_note")).await;
    let to = (desk::To::Desk, "备注已保存，只有各级工会看得到。");
    desk::answered(&app, &actor, frame, &id, done, fields, to).await
}
