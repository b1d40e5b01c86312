//! Vetoes: recorded by federations, read by the unions that they hit, lifted with a reason.

use axum::http::StatusCode;
use jianjia_domain::core::policy::Role;

use crate::site;

#[tokio::test]
async fn a_reviewer_records_a_veto_that_the_chair_reads_and_lifts_it() {
    for site in site::both().await {
        let mut reviewer = site
            .sign_in_as("区审核", &[(Role::Reviewer, &site.district)])
            .await;
        let form = reviewer.get("/vetoes/new").await;
        assert_eq!(form.status, StatusCode::OK);
        let fields = |unit: &'static str, clause: &'static str| {
            [
                ("unit", unit),
                ("year", "2016"),
                ("clause", clause),
                ("source", "市人社局函"),
            ]
        };
        let again = reviewer
            .post_form("/vetoes", &fields("钟楼机床厂工会", "V1"))
            .await;
        assert!(
            again.text().contains("名册里没有找到“钟楼机床厂工会”"),
            "{}",
            again.text()
        );
        assert!(again.body.contains("市人社局函"), "what was typed is kept");
        // By part of the name the candidates are offered; chosen, it is shown what the veto hits, and nothing is recorded yet.
        let offered = reviewer.post_form("/vetoes", &fields("长江", "V1")).await;
        assert!(
            offered.text().contains("是下面哪一家？"),
            "{}",
            offered.text()
        );
        let radio = format!("name=\"unit_id\" value=\"{}\"", site.union.id);
        assert!(offered.body.contains(&radio), "{}", offered.body);
        let meant = reviewer
            .post_form("/vetoes", &fields("长江纺织厂工会", "V1"))
            .await;
        assert_eq!(meant.status, StatusCode::OK);
        for words in [
            "还没有登记。",
            "长江纺织厂工会",
            "正在办的申报",
            "1 个分工会、工会小组",
        ] {
            assert!(meant.text().contains(words), "{words}: {}", meant.text());
        }
        let silent = [
            ("unit", "长江纺织厂工会"),
            ("year", "2016"),
            ("clause", "V1"),
        ];
        let silent = reviewer.post_form("/vetoes", &silent).await;
        assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            reviewer
                .get("/vetoes")
                .await
                .text()
                .contains("没有否决登记")
        );
        let unit = site.union.id.to_string();
        let sure = [
            ("unit_id", unit.as_str()),
            ("year", "2016"),
            ("clause", "V1"),
            ("source", "市人社局函"),
            ("sure", "1"),
        ];
        let done = reviewer.post_form("/vetoes", &sure).await;
        let at = done.location();
        assert!(at.starts_with("/vetoes/"), "{}", done.text());

        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let seen = chair.get(&at).await;
        assert!(
            seen.text().contains(
                "2016 年度内，这个单位的工会、小家和工会主席不得申报：信赖职工之家、信赖职工小家、职工最可信赖娘家人。普通工会工作者不受影响。"
            ),
            "{}",
            seen.text()
        );
        assert!(!seen.body.contains("/lifting"));
        let refused = chair
            .post_form(&format!("{at}/lifting"), &[("reason", "已补发")])
            .await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let mut stranger = site
            .sign_in_as("邻区", &[(Role::Approver, &site.other_district)])
            .await;
        assert_eq!(stranger.get(&at).await.status, StatusCode::NOT_FOUND);
        assert!(
            stranger
                .get("/vetoes")
                .await
                .text()
                .contains("没有否决登记")
        );

        let again = reviewer
            .post_form(&format!("{at}/lifting"), &[("reason", " ")])
            .await;
        assert!(again.text().contains("没有写解除理由"));
        let done = reviewer
            .post_form(&format!("{at}/lifting"), &[("reason", "已补发")])
            .await;
        assert_eq!(done.location(), at);
        let lifted = chair.get(&at).await;
        assert!(lifted.text().contains("理由：已补发"), "{}", lifted.text());
        let listed = reviewer.get("/vetoes?state=lifted&year=2016").await;
        assert!(listed.text().contains("共 1 条。"));
    }
}
