//! The scopes of acts on visits: see the table in `core::scope`.

use jianjia_domain::core::ids::VisitId;
use jianjia_store::{check::visit, core::scope::Scope};

use crate::core::{
    app::App,
    error::{Error, Result},
};

/// A visit and the check that it belongs to, where an act changes who inspects.
pub(crate) async fn of_visit(app: &App, id: &VisitId) -> Result<[Scope; 2]> {
    let mut tx = app.db.read().await?;
    let visit = visit::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    Ok([Scope::SpotCheck(visit.year), Scope::Visit(*id)])
}
