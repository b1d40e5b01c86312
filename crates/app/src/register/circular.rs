//! To whom a federation's circular goes: 主送机关.

use jianjia_domain::core::place::{UnitKind, UnitPlace};
use jianjia_store::{core::db::Tx, register::unit};

use crate::core::error::Result;

/// The unions right under a federation, by their kinds: `各辖市、区总工会，各市直属单位工会`.
///
/// # Errors
/// When they can't be read.
pub(crate) async fn addressees(tx: &mut Tx, office: &UnitPlace) -> Result<String> {
    let below = unit::below(tx, &office.id).await?;
    let kinds = UnitKind::ALL.into_iter();
    let kinds = kinds.filter(|kind| below.iter().any(|unit| unit.kind == *kind));
    let named: Vec<String> = kinds.map(|kind| format!("各{}", kind.word())).collect();
    Ok(match named.as_slice() {
        [] => "各级工会".to_owned(),
        named => named.join("，"),
    })
}
