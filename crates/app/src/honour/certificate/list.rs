//! The status list: what every certificate is worth now, fetched whole, so that nobody learns who looks up whom. It is made when somebody asks for it,
//! kept in memory, and looked through again after twenty seconds, so that with what caches keep it is never a minute old.

use std::sync::Arc;

use jianjia_domain::honour::certificate::{CertificateRefusal, Status};
use jianjia_store::honour::certificate as certificates;
use jiff::{SignedDuration, Timestamp};

use super::{
    STATUS_LIST, key,
    token::{ListClaims, StatusList},
};
use crate::core::{
    app::App,
    error::{Error, Result},
};

/// For how many seconds a list may be kept by whoever fetched it.
pub const KEPT_FOR: i64 = 30;

/// After so long the statuses are read again.
const READ_AGAIN: SignedDuration = SignedDuration::from_secs(20);

/// After so long a list that says the same is signed anew.
const SIGN_AGAIN: SignedDuration = SignedDuration::from_mins(10);

/// How long a list is good for somebody without a network.
const GOOD_FOR: SignedDuration = SignedDuration::from_hours(24);

#[derive(Default)]
struct Kept(tokio::sync::Mutex<Option<Made>>);

struct Made {
    statuses: Vec<(i64, Status)>,
    /// The key that signed it.
    key: String,
    token: Arc<str>,
    signed_at: Timestamp,
    read_at: Timestamp,
}

/// The token of the list as it is now.
///
/// # Errors
/// Not found where there is no key that could sign it yet; `KeyOfAnotherInstance`.
pub async fn list(app: &App) -> Result<Arc<str>> {
    let now = app.now();
    let is_older = |at: Timestamp, than| now.duration_since(at).abs() >= than;
    let kept = app.memory.of::<Kept>();
    // Held while it is read: of many who ask at once, one asks the database.
    let mut kept = kept.0.lock().await;
    if let Some(made) = kept.as_ref()
        && !is_older(made.read_at, READ_AGAIN)
    {
        return Ok(Arc::clone(&made.token));
    }
    let mut tx = app.db.read().await?;
    let signer = key::signer(&mut tx, app).await?.ok_or(Error::NotFound)?;
    let mut statuses = certificates::statuses(&mut tx).await?;
    tx.commit().await?;
    statuses.sort_unstable_by_key(|(index, _)| *index);
    if let Some(made) = kept.as_mut()
        && made.statuses == statuses
        && made.key == signer.id
        && !is_older(made.signed_at, SIGN_AGAIN)
    {
        made.read_at = now;
        return Ok(Arc::clone(&made.token));
    }
    let claims = ListClaims {
        sub: format!("{}{STATUS_LIST}", app.post.address),
        iat: now.as_second(),
        exp: (now + GOOD_FOR).as_second(),
        ttl: KEPT_FOR,
        status_list: StatusList::of(&statuses)?,
    };
    let token: Arc<str> = signer.list(&claims)?.into();
    *kept = Some(Made {
        statuses,
        key: signer.id,
        token: Arc::clone(&token),
        signed_at: now,
        read_at: now,
    });
    Ok(token)
}

/// Whether there is nothing to sign with, which is no failure of whoever asks.
pub fn is_unsigned(error: &Error) -> bool {
    match error {
        Error::NotFound => true,
        Error::Refused(refusal) => refusal.of() == Some(&CertificateRefusal::KeyOfAnotherInstance),
        Error::Internal(_) => false,
    }
}
