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
    routes::{Access, Route},
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

/// What a form of the page does with a version, each at its own address.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    AskForEffect,
    Propose,
    SendBack,
    Confirm,
    GiveUp,
    Withdraw,
}

impl Step {
    pub(super) fn route(self, path: &'static str, access: Access) -> Route {
        let answer = move |State(app): State<App>,
                           SignedIn(actor): SignedIn,
                           frame: Frame,
                           Path(id): Path<AmendmentId>,
                           Form(typed): Form<Typed>| async move {
            let done = self.take(&app, &actor, &id, &typed).await;
            match told(done, &frame)? {
                Ok(()) => see_other_with(&address::amendment(&id), self.notice()),
                // The same page with what was typed and what is wrong.
                Err(problems) => {
                    let asked = (problems, typed);
                    unprocessable(&Show::of(&app, &actor, frame, &id, asked).await?)
                }
            }
        };
        Route::post(path, access, answer)
    }

    async fn take(
        self,
        app: &App,
        actor: &Actor,
        id: &AmendmentId,
        typed: &Typed,
    ) -> Result<(), Error> {
        let Typed { seen, why, .. } = typed;
        match self {
            Step::AskForEffect => amendments::ask_for_effect(app, actor, id).await,
            Step::Propose => {
                let input = ProposalInput {
                    from_year: typed.from_year.clone(),
                    from_on: typed.from_on.clone(),
                    seen: seen.clone(),
                };
                editions::propose(app, actor, id, &input).await
            }
            Step::SendBack => editions::send_back(app, actor, id, (seen, why)).await,
            Step::Confirm => editions::confirm(app, actor, id, seen).await.map(drop),
            Step::GiveUp => amendments::give_up(app, actor, id, (seen, why)).await,
            Step::Withdraw => editions::withdraw(app, actor, id, why).await,
        }
    }

    fn notice(self) -> &'static str {
        match self {
            Step::AskForEffect => "已开始推演，结果会列在下面。",
            Step::Propose => "已提交，等另一位审批人确认。",
            Step::SendBack => "已退回，可以改好以后重新提交。",
            Step::Confirm => "已确认。到执行日自动生效，进行中的年度不受影响。",
            Step::GiveUp => "已撤回，不会生效；记录保留。",
            Step::Withdraw => "已撤回，现行标准不变。",
        }
    }
}
