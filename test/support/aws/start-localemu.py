"""Starts LocalEmu with what it leaves out of AWS and jit depends on. Its address stands in GATEWAY_LISTEN.

- The condition key iam:PermissionsBoundary of whoever is written to (AWS: "Actions, resources, and condition keys for
  AWS Identity and Access Management").
- A Deny in a session policy, which outweighs every Allow (AWS: "Policy evaluation logic").
- The path of a managed policy that CloudFormation makes, and that such a policy can be updated.
- Isolation of DynamoDB's transactions: one that fails would undo what others have written meanwhile (AWS: "Amazon DynamoDB
  Transactions: How it works").
- A Scan whose filter names a key, which AWS refuses only of a Query (AWS: "Filter expressions for the Query operation").
- CloudFormation's updates of a table's indexes: one a time, and no attribute without a use (AWS: "AWS::DynamoDB::Table",
  GlobalSecondaryIndexes; "UpdateTable", AttributeDefinitions).

And ExecuteChangeSet answers only once a small stack is there: the AWS CLI looks at once, and then after half a minute.
"""

import functools
import json
import os
import signal
import threading
import time

from localemu.runtime.main import main
from localemu.services.cloudformation.resource_provider import OperationStatus, ProgressEvent
from localemu.services.cloudformation.stores import get_cloudformation_store
from localemu.services.cloudformation.v2.provider import CloudformationProviderV2, find_change_set_v2
from localemu.services.dynamodb.provider import DynamoDBProvider
from localemu.services.dynamodb.resource_providers.aws_dynamodb_table import DynamoDBTableProvider
from localemu.services.iam.resource_providers.aws_iam_managedpolicy import IAMManagedPolicyProvider
from localemu.services.iam_enforcement import enforcer, evaluator, identity
from moto.dynamodb.models import DynamoDBBackend
from moto.iam.models import iam_backends

build_conditions = enforcer._build_conditions
identity_policies = evaluator.get_identity_policies


def boundary_of(account: str, params: dict) -> str | None:
    backend = iam_backends[account]["global"]
    if params.get("RoleName"):
        found = next((role for role in backend.roles.values() if role.name == params["RoleName"]), None)
    else:
        found = backend.users.get(params.get("UserName"))
    for attribute in ("permissions_boundary_arn", "permissions_boundary"):
        arn = identity._extract_boundary_arn(getattr(found, attribute, None))
        if arn:
            return arn
    return None


def with_boundary(context, caller):
    conditions = build_conditions(context, caller)
    if context.service.service_name == "iam":
        arn = boundary_of(context.account_id, context.service_request or {})
        if arn:
            conditions["iam:PermissionsBoundary"] = arn
    return conditions


def with_denies_of_the_session(caller):
    denies = [
        statement
        for policy in identity.get_session_policies(caller)
        for statement in evaluator.iter_policy_statements(policy)
        if statement.get("Effect") == "Deny"
    ]
    return [*identity_policies(caller), {"Version": "2012-10-17", "Statement": denies}]


def create(_, request):
    model = request.desired_state
    made = request.aws_client_factory.iam.create_policy(
        PolicyName=model["ManagedPolicyName"],
        Path=model.get("Path", "/"),
        PolicyDocument=json.dumps(model["PolicyDocument"]),
    )
    model["Id"] = model["PolicyArn"] = made["Policy"]["Arn"]
    return ProgressEvent(status=OperationStatus.SUCCESS, resource_model=model)


def update(_, request):
    model = {**request.previous_state, **request.desired_state, "Id": request.previous_state["Id"]}
    request.aws_client_factory.iam.create_policy_version(
        PolicyArn=model["Id"], PolicyDocument=json.dumps(model["PolicyDocument"]), SetAsDefault=True
    )
    return ProgressEvent(status=OperationStatus.SUCCESS, resource_model=model)


one_at_a_time = threading.RLock()


def isolated(call):
    @functools.wraps(call)
    def alone(*args, **kwargs):
        with one_at_a_time:
            return call(*args, **kwargs)

    return alone


def update_table(_, request):
    before, after = request.previous_state, request.desired_state
    old, new = ({one["IndexName"]: one for one in state["GlobalSecondaryIndexes"]} for state in (before, after))
    changes = [{"Delete": {"IndexName": name}} for name in old if name not in new]
    changes += [{"Create": index} for name, index in new.items() if name not in old]
    keys = [key["AttributeName"] for one in [after, *new.values()] for key in one["KeySchema"]]
    named = [one["AttributeName"] for one in after["AttributeDefinitions"]]
    refused = None
    if len(changes) > 1:
        refused = "Cannot perform more than one GSI creation or deletion in a single update"
    elif any(old[name]["KeySchema"] != new[name]["KeySchema"] for name in old if name in new):
        refused = "Cannot update the key of a global secondary index"
    elif set(named) != set(keys):
        refused = "Number of attributes in KeySchema does not exactly match number of attributes in AttributeDefinitions"
    if refused:
        return ProgressEvent(status=OperationStatus.FAILED, resource_model=before, message=refused)
    if changes:
        request.aws_client_factory.dynamodb.update_table(
            TableName=before["TableName"],
            AttributeDefinitions=after["AttributeDefinitions"],
            GlobalSecondaryIndexUpdates=changes,
        )
    return ProgressEvent(status=OperationStatus.SUCCESS, resource_model={**before, **after})


@functools.wraps(DynamoDBProvider.scan)
def scan(self, context, scan_input):
    region = self.get_global_table_region(context, scan_input["TableName"])
    return self._forward_request(context=context, region=region)


execute_change_set = CloudformationProviderV2.execute_change_set


@functools.wraps(execute_change_set)
def execute_and_look(self, context, change_set_name, stack_name=None, *args, **kwargs):
    state = get_cloudformation_store(context.account_id, context.region)
    change_set = find_change_set_v2(state, change_set_name, stack_name)
    answer = execute_change_set(self, context, change_set_name, stack_name, *args, **kwargs)
    small = len(change_set.template["Resources"]) < 10  # that of a target role, not jit's own
    patience = time.monotonic() + 5
    while small and change_set.stack.status.endswith("_IN_PROGRESS") and time.monotonic() < patience:
        time.sleep(0.05)
    return answer


def end_with(parent: int):
    """With whoever started it, however that ended: the functions are in the same process group."""
    while os.getppid() == parent:
        time.sleep(1)
    os.killpg(0, signal.SIGKILL)


threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
enforcer._build_conditions = with_boundary
evaluator.get_identity_policies = with_denies_of_the_session
IAMManagedPolicyProvider.create = create
IAMManagedPolicyProvider.update = update
DynamoDBTableProvider.update = update_table
DynamoDBProvider.scan = scan
CloudformationProviderV2.execute_change_set = execute_and_look
for name in ("get_item", "put_item", "update_item", "delete_item", "query", "scan", "transact_write_items"):
    setattr(DynamoDBBackend, name, isolated(getattr(DynamoDBBackend, name)))
main()
