//! What offices, auditors and the public search is found by whole syllables of pinyin, too.

use jianjia_app::core::sort_key::renewal;
use jianjia_domain::core::policy::Role;

use super::{hand_in, qualified};
use crate::site;

#[tokio::test]
async fn trail_vetoes_queue_roll_and_accounts_are_searched_by_pinyin() {
    for site in site::both().await {
        let (city, union) = (&site.city_of_tests, &site.union);
        qualified(&site).await;
        city.vetoed(union, 2016, "V1", "区人社局通报").await;
        let level = jianjia_standard::kinds::HonourLevel::County;
        city.holds(union, None, "model-home", 2016, level).await;
        let mut chair = site.sign_in_as("陈主席", &[(Role::Chair, union)]).await;
        hand_in(&site, &mut chair).await;
        let roles = [
            (Role::Reviewer, &site.city),
            (Role::Auditor, &site.city),
            (Role::Administrator, &site.city),
        ];
        let mut office = site.sign_in_as("周市办", &roles).await;
        // Units and accounts of tests come in without their keys.
        assert!(renewal::renew(&site.app).await.unwrap() > 0);
        for (list, found, lost) in [
            ("/audit?union=", "导出 Excel", "没有符合条件的记录"),
            ("/vetoes?q=", "共 1 条。", "没有找到"),
            ("/reviews?place=all&q=", "合格职工之家", "没有要办的申报"),
            ("/honours?q=", "共 1 个称号。", "没有找到"),
        ] {
            for typed in ["changjiang", "fangzhi", "cjfz", "%E7%BA%BA%E7%BB%87"] {
                let page = office.get(&format!("{list}{typed}")).await.text();
                assert!(page.contains(found), "{list}{typed}: {page}");
                assert!(page.contains(&union.name), "{list}{typed}: {page}");
            }
            // From the middle of a syllable nothing begins.
            for typed in ["angjiang", "hangjiang"] {
                let page = office.get(&format!("{list}{typed}")).await.text();
                assert!(page.contains(lost), "{list}{typed}: {page}");
                assert!(!page.contains(&union.name), "{list}{typed}: {page}");
            }
        }
        for (list, lost) in [
            ("/audit?person=", "没有符合条件的记录"),
            ("/accounts?q=", "没有找到"),
        ] {
            let page = office.get(&format!("{list}chenzhuxi")).await.text();
            assert!(page.contains("陈主席"), "{list}: {page}");
            assert!(!page.contains("周市办"), "{list}: {page}");
            let page = office.get(&format!("{list}enzhuxi")).await.text();
            assert!(page.contains(lost), "{list}: {page}");
        }
    }
}
