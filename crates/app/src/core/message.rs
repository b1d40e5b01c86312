//! Telling people in their inboxes, in the act's transaction. What is told is written when the transaction is committed, all of it at once
//! (`store::core::message`).

use jianjia_domain::core::{
    ids::{AccountId, MessageId},
    message::Message,
    policy::Actor,
};
use jianjia_store::core::{db::Tx, message};

use crate::core::app::App;

/// Tells it, and not to the actor, who did it.
pub(crate) fn tell(app: &App, tx: &mut Tx, actor: &Actor, told: Message) {
    tell_all_but(app, tx, Some(actor.account), told);
}

/// As `tell`, where somebody without an account did it, or the calendar.
pub(crate) fn tell_all_but(app: &App, tx: &mut Tx, but: Option<AccountId>, told: Message) {
    let at = app.now();
    let id = MessageId(app.entropy.id(at));
    message::tell(tx, id, at, Message { but, ..told }, app.post.channels());
}
