//! Candidates for the trusted titles: a federation's list, and the city's list of all federations.

use anyhow::Result;
use jianjia_domain::{
    core::ids::{ApplicationId, UnitId},
    round::application::Application,
};
use sqlx::{AssertSqlSafe, Row};

use crate::{
    core::{bulk, condition::Conditions, db::Tx},
    round::application::{COLUMNS, application_of},
};

/// A federation's candidates for a title and year: those waiting at its recommending step and those it has recommended, by rank, unranked ones
/// last.
pub async fn of_federation(
    tx: &mut Tx,
    year: i16,
    title: &str,
    unit: &UnitId,
) -> Result<Vec<Application>> {
    sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM application
         WHERE year = $1 AND title = $2
           AND ((at_unit_id = $3 AND state = 'under-review' AND step_act = 'recommend') OR recommended_by = $3)
         ORDER BY CASE WHEN rank IS NULL THEN 1 ELSE 0 END, rank, unit_sort_key, id"
    )))
    .bind(i64::from(year))
    .bind(title.to_owned())
    .bind(unit.to_string())
    .fetch_all(&mut **tx)
    .await?
    .iter()
    .map(application_of)
    .collect()
}

/// A page of the candidates that wait for naming in a year and title, by recommending federation (in the order of the tree) and rank.
pub async fn for_naming(
    tx: &mut Tx,
    year: i16,
    title: &str,
    limit: i64,
    offset: i64,
) -> Result<Vec<Application>> {
    let mut conditions = waiting_for_naming(year, title);
    let limit = conditions.value(limit);
    let offset = conditions.value(offset);
    let paging = format!("LIMIT {limit} OFFSET {offset}");
    in_naming_order(tx, &conditions, &paging).await
}

/// Those of these applications that wait for naming in a year and title, in the order of that list.
pub async fn for_naming_among(
    tx: &mut Tx,
    year: i16,
    title: &str,
    ids: &[ApplicationId],
) -> Result<Vec<Application>> {
    let mut conditions = waiting_for_naming(year, title);
    conditions.among("id", ids.iter().map(ToString::to_string));
    in_naming_order(tx, &conditions, "").await
}

/// The number of candidates that wait for naming in a year and title.
pub async fn count_for_naming(tx: &mut Tx, year: i16, title: &str) -> Result<i64> {
    let conditions = waiting_for_naming(year, title);
    let sql = format!(
        "SELECT CAST(COUNT(*) AS BIGINT)
         FROM application{}",
        conditions.sql()
    );
    let row = conditions.query(sql).fetch_one(&mut **tx).await?;
    Ok(row.try_get(0)?)
}

/// All applications that federations recommend for a title in a year, whatever became of them.
pub async fn recommended(tx: &mut Tx, year: i16, title: &str) -> Result<Vec<Application>> {
    sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM application
         WHERE year = $1 AND title = $2 AND recommended_by IS NOT NULL
         ORDER BY id"
    )))
    .bind(i64::from(year))
    .bind(title.to_owned())
    .fetch_all(&mut **tx)
    .await?
    .iter()
    .map(application_of)
    .collect()
}

/// The federations that recommend these applications, in no order, some more than once.
pub async fn federations_of(tx: &mut Tx, ids: &[ApplicationId]) -> Result<Vec<UnitId>> {
    let sql = "SELECT DISTINCT recommended_by
               FROM application
               WHERE recommended_by IS NOT NULL AND id IN ({words})";
    let rows = bulk::select(tx, sql, &[], ids.iter().map(ToString::to_string)).await?;
    rows.iter()
        .map(|row| Ok(row.try_get::<String, _>("recommended_by")?.parse()?))
        .collect()
}

fn waiting_for_naming(year: i16, title: &str) -> Conditions {
    let mut conditions = Conditions::default();
    conditions.equals("year", i64::from(year));
    conditions.equals("title", title);
    conditions.and("state = 'under-review' AND step_act = 'name'".to_owned());
    conditions
}

async fn in_naming_order(
    tx: &mut Tx,
    conditions: &Conditions,
    paging: &str,
) -> Result<Vec<Application>> {
    let where_sql = conditions.sql();
    // COALESCE puts candidates without a federation (taken up by the city itself) first; the engines differ on where NULL sorts.
    let sql = format!(
        "SELECT {COLUMNS}
         FROM application{where_sql}
         ORDER BY COALESCE((SELECT f.path FROM unit f WHERE f.id = application.recommended_by), ''),
           CASE WHEN rank IS NULL THEN 1 ELSE 0 END, rank, unit_sort_key, id
         {paging}"
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter().map(application_of).collect()
}

/// The number of candidates that wait at each federation's recommending step: title, federation, number.
pub async fn waiting_of_year(tx: &mut Tx, year: i16) -> Result<Vec<(String, UnitId, i64)>> {
    sqlx::query(
        "SELECT title, at_unit_id, CAST(COUNT(*) AS BIGINT) AS waiting
         FROM application
         WHERE year = $1 AND state = 'under-review' AND step_act = 'recommend'
         GROUP BY title, at_unit_id
         ORDER BY title, at_unit_id",
    )
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?
    .iter()
    .map(|row| {
        Ok((
            row.try_get("title")?,
            row.try_get::<String, _>("at_unit_id")?.parse()?,
            row.try_get("waiting")?,
        ))
    })
    .collect()
}

/// Sets candidates' ranks in a federation's list; false if one is not in that list any more. A rank decides nothing by itself, so the applications'
/// revisions stay.
pub async fn set_ranks(
    tx: &mut Tx,
    federation: &UnitId,
    ranks: &[(ApplicationId, i64)],
) -> Result<bool> {
    let sql = "UPDATE application SET rank = ranked.column2
               FROM (VALUES {rows}) AS ranked
               WHERE application.id = ranked.column1
                 AND ((at_unit_id = $1 AND state = 'under-review' AND step_act = 'recommend') OR recommended_by = $1)";
    let rows = ranks
        .iter()
        .map(|(application, rank)| vec![application.to_string().into(), (*rank).into()])
        .collect();
    let changed = bulk::update(tx, sql, &[federation.to_string().into()], rows).await?;
    Ok(usize::try_from(changed)? == ranks.len())
}

#[cfg(test)]
mod tests {
    use jianjia_domain::round::{application::State, route::Step};
    use jianjia_standard::programme::RouteAct;
    use uuid::Uuid;

    use super::*;
    use crate::{
        round::application::{self, tests::example},
        testing,
    };

    /// At the district (number 2) for recommendation, or already with the city.
    fn candidate(number: u128, rank: Option<i64>, is_recommended: bool) -> Application {
        let mut application = example(number);
        let district = application.route[1].unit.clone();
        application.title = "trusted-home".to_owned();
        application.route[1].act = RouteAct::Recommend;
        application.route.push(Step {
            act: RouteAct::Name,
            unit: application.route[0].unit.clone(),
            quota: false,
        });
        application.rank = rank;
        application.recommended_by = is_recommended.then_some(district.id);
        application.state = State::UnderReview {
            step: if is_recommended { 2 } else { 1 },
        };
        application
    }

    #[tokio::test]
    async fn the_federation_sees_its_candidates_by_rank_and_the_city_the_recommended_on_both_engines()
     {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            let unranked = candidate(1, None, false);
            let second = candidate(2, Some(2), true);
            let first = candidate(3, Some(1), true);
            let elsewhere = example(4);
            for application in [&unranked, &second, &first, &elsewhere] {
                application::insert(&mut tx, application).await.unwrap();
            }
            let district = UnitId(Uuid::from_u128(2));
            let list = of_federation(&mut tx, 2016, "trusted-home", &district)
                .await
                .unwrap();
            assert_eq!(list, [first.clone(), second.clone(), unranked.clone()]);
            let waiting = waiting_of_year(&mut tx, 2016).await.unwrap();
            assert_eq!(waiting, [("trusted-home".to_owned(), district, 1)]);
            let turned = [(second.id, 1), (first.id, 2)];
            assert!(set_ranks(&mut tx, &district, &turned).await.unwrap());
            let one_elsewhere = [(second.id, 1), (elsewhere.id, 3)];
            assert!(!set_ranks(&mut tx, &district, &one_elsewhere).await.unwrap());
            assert!(set_ranks(&mut tx, &district, &[]).await.unwrap());
            let ids = |found: Vec<Application>| -> Vec<ApplicationId> {
                found.iter().map(|application| application.id).collect()
            };
            let columns = [
                "id",
                "number",
                "kind",
                "path",
                "name",
                "sort_key",
                "created_at",
                "changed_at",
            ];
            let row = vec![
                district.to_string().into(),
                2_i64.into(),
                "district".into(),
                "/1/2/".into(),
                "".into(),
                "".into(),
                "".into(),
                "".into(),
            ];
            bulk::insert(&mut tx, "unit", &columns, vec![row])
                .await
                .unwrap();
            let own = Application {
                recommended_by: None,
                ..candidate(5, Some(9), true)
            };
            application::insert(&mut tx, &own).await.unwrap();
            let title = "trusted-home";
            let page = for_naming(&mut tx, 2016, title, 2, 0).await.unwrap();
            assert_eq!(ids(page), [own.id, second.id]);
            let page = for_naming(&mut tx, 2016, title, 2, 2).await.unwrap();
            assert_eq!(ids(page), [first.id]);
            assert_eq!(count_for_naming(&mut tx, 2016, title).await.unwrap(), 3);
            let chosen = [first.id, unranked.id, second.id];
            let page = for_naming_among(&mut tx, 2016, title, &chosen).await;
            assert_eq!(ids(page.unwrap()), [second.id, first.id]);
            let nobody = for_naming_among(&mut tx, 2016, title, &[]).await;
            assert_eq!(nobody.unwrap(), []);
        }
    }
}
