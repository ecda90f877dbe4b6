"""A monthly budget of the stage, and whom AWS writes to when it is nearly spent, or will be."""

import math

import aws_cdk as cdk
from aws_cdk import aws_budgets as budgets

from infra.costs import Load, monthly, total
from infra.stages import Stage

# Percent of the budget: spent, or expected by the end of the month.
SPENT, EXPECTED = 80, 100
EXPECTED_STREAMS = 10


def add_budget(stack: cdk.Stack, stage: Stage) -> None:
    """Parameters `BudgetEmail` (none by default, and then no budget) and `MonthlyBudget`, in dollars.

    Costs are found by the tag `stage`, which the account must have activated as a cost allocation tag.
    """
    email = cdk.CfnParameter(
        stack,
        "BudgetEmail",
        type="String",
        default="",
        description="Who is told when the monthly budget is nearly spent; empty: nobody, and there is no budget",
        allowed_pattern=r"^$|^[^\s@]+@[^\s@]+$",
    )
    amount = cdk.CfnParameter(
        stack,
        "MonthlyBudget",
        type="Number",
        default=math.ceil(total(monthly(stage, Load(EXPECTED_STREAMS))) / 50) * 50,
        min_value=1,
        description=f"Dollars; by default what {EXPECTED_STREAMS} streams cost (python -m infra.costs)",
    )
    wanted = cdk.CfnCondition(
        stack, "HasBudget", expression=cdk.Fn.condition_not(cdk.Fn.condition_equals(email.value_as_string, ""))
    )
    budget = budgets.CfnBudget(
        stack,
        "Budget",
        budget=budgets.CfnBudget.BudgetDataProperty(
            budget_name=stage.prefix,
            budget_type="COST",
            time_unit="MONTHLY",
            budget_limit=budgets.CfnBudget.SpendProperty(amount=amount.value_as_number, unit="USD"),
            cost_filters={"TagKeyValue": [f"user:stage${stage.name}"]},
        ),
        notifications_with_subscribers=[
            budgets.CfnBudget.NotificationWithSubscribersProperty(
                notification=budgets.CfnBudget.NotificationProperty(
                    notification_type=kind, comparison_operator="GREATER_THAN", threshold=percent
                ),
                subscribers=[
                    budgets.CfnBudget.SubscriberProperty(subscription_type="EMAIL", address=email.value_as_string)
                ],
            )
            for kind, percent in (("ACTUAL", SPENT), ("FORECASTED", EXPECTED))
        ],
    )
    budget.cfn_options.condition = wanted


__all__ = ["EXPECTED", "SPENT", "add_budget"]
