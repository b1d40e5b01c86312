//! What is done with a version from its page: files are sent again, its effect is asked for, and it is proposed, sent back, confirmed, given up or withdrawn.

use axum::extract::State;
use jianjia_app::{
    amending::{amendment as amendments, edition as editions},
    core::{app::App, error::Error},
};
use jianjia_domain::{
    amending::amendment::ProposalInput,
    core::{ids::AmendmentId, policy::Actor},
};

use super::{Show, Typed, beginning::sent};
use crate::{
    form::{Form, told, upload::Upload},
    frame::Frame,
    page::{PageResult, see_other_with, unprocessable},
    pages::amending::address,
    path::Path,
    session::SignedIn,
};

pub(super) async fn send(
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

pub(super) async fn ask_for_effect(
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

pub(super) async fn propose(
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

pub(super) async fn send_back(
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

pub(super) async fn confirm(
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

pub(super) async fn give_up(
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

pub(super) async fn withdraw(
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
