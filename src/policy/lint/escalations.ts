/**
 * Known ways by which some rights in AWS become more rights, or outlast their end. The ways are those collected by
 * Rhino Security Labs, Bishop Fox and Datadog; what each gives is said in our own words.
 */
export interface WayUp {
  /** All of them are needed. */
  actions: string[];
  /** `widen`: to rights beyond the grant. `keep`: to something that is still there after its end. */
  does: 'widen' | 'keep';
  /** Completes: "the grantee can …". */
  gives: string;
  source: string;
}

const RHINO = 'https://github.com/RhinoSecurityLabs/AWS-IAM-Privilege-Escalation';
const BISHOP_FOX = 'https://github.com/BishopFox/iam-vulnerable';
const DATADOG = 'https://pathfinding.cloud/paths/';
const AWS = 'https://docs.aws.amazon.com/service-authorization/latest/reference/';

const widen = (actions: string, gives: string, source: string): WayUp => ({
  actions: actions.split(' '),
  does: 'widen',
  gives,
  source,
});
const keep = (actions: string, gives: string, source: string): WayUp => ({
  ...widen(actions, gives, source),
  does: 'keep',
});
const byService = (actions: string, service: string, source: string) =>
  widen(
    `iam:PassRole ${actions}`,
    `run something in ${service} with the rights of a role that they hand to it`,
    source,
  );

export const ESCALATIONS: readonly WayUp[] = [
  widen('iam:CreatePolicyVersion', 'rewrite a managed policy that they hold', RHINO),
  widen('iam:SetDefaultPolicyVersion', 'bring back an older, wider version of a managed policy', RHINO),
  widen('iam:AttachUserPolicy', 'attach any managed policy to their own user', RHINO),
  widen('iam:AttachGroupPolicy', 'attach any managed policy to a group that they are in', RHINO),
  widen('iam:AttachRolePolicy', 'attach any managed policy to a role that they use', RHINO),
  widen('iam:PutUserPolicy', 'write any inline policy for their own user', RHINO),
  widen('iam:PutGroupPolicy', 'write any inline policy for a group that they are in', RHINO),
  widen('iam:PutRolePolicy', 'write any inline policy for a role that they use', RHINO),
  widen('iam:AddUserToGroup', 'join any group, with its rights', RHINO),
  widen(
    'iam:DeleteRolePermissionsBoundary',
    'take the boundary off a role',
    `${AWS}list_awsidentityandaccessmanagementiam.html`,
  ),
  widen(
    'iam:DeleteUserPermissionsBoundary',
    'take the boundary off a user',
    `${AWS}list_awsidentityandaccessmanagementiam.html`,
  ),
  widen(
    'iam:DeleteRolePolicy',
    'take away a Deny that ends access early, on a role',
    `${AWS}list_awsidentityandaccessmanagementiam.html`,
  ),
  widen(
    'iam:DeleteUserPolicy',
    'take away a Deny that restrains a user',
    `${AWS}list_awsidentityandaccessmanagementiam.html`,
  ),

  byService('ec2:RunInstances', 'EC2', RHINO),
  byService('ec2:RequestSpotInstances', 'EC2', `${DATADOG}ec2-003`),
  byService('lambda:CreateFunction lambda:InvokeFunction', 'Lambda', RHINO),
  byService('lambda:CreateFunction lambda:AddPermission', 'Lambda', RHINO),
  byService('lambda:CreateFunction lambda:CreateEventSourceMapping', 'Lambda', RHINO),
  byService('glue:CreateDevEndpoint', 'Glue', RHINO),
  byService('glue:CreateJob glue:StartJobRun', 'Glue', `${DATADOG}glue-003`),
  byService('glue:CreateJob glue:CreateTrigger', 'Glue', `${DATADOG}glue-004`),
  byService('glue:UpdateJob glue:StartJobRun', 'Glue', `${DATADOG}glue-005`),
  byService('glue:UpdateJob glue:CreateTrigger', 'Glue', `${DATADOG}glue-006`),
  byService('cloudformation:CreateStack', 'CloudFormation', RHINO),
  byService(
    'cloudformation:CreateStackSet cloudformation:CreateStackInstances',
    'CloudFormation',
    `${DATADOG}cloudformation-003`,
  ),
  byService('cloudformation:UpdateStackSet', 'CloudFormation', `${DATADOG}cloudformation-004`),
  byService(
    'datapipeline:CreatePipeline datapipeline:PutPipelineDefinition datapipeline:ActivatePipeline',
    'Data Pipeline',
    RHINO,
  ),
  byService('sagemaker:CreateNotebookInstance', 'SageMaker', BISHOP_FOX),
  byService('sagemaker:CreateTrainingJob', 'SageMaker', BISHOP_FOX),
  byService('sagemaker:CreateProcessingJob', 'SageMaker', BISHOP_FOX),
  byService('ecs:RegisterTaskDefinition ecs:RunTask', 'ECS', `${DATADOG}ecs-004`),
  byService('ecs:RegisterTaskDefinition ecs:StartTask', 'ECS', `${DATADOG}ecs-005`),
  byService('ecs:RegisterTaskDefinition ecs:CreateService', 'ECS', `${DATADOG}ecs-003`),
  byService('apprunner:CreateService', 'App Runner', `${DATADOG}apprunner-001`),

  widen(
    'lambda:UpdateFunctionCode',
    'put their own code into a function, with the rights of its role',
    RHINO,
  ),
  widen(
    'lambda:UpdateFunctionConfiguration',
    'put a layer of theirs into a function, with the rights of its role',
    RHINO,
  ),
  widen('glue:UpdateDevEndpoint', 'log in to a Glue endpoint, with the rights of its role', RHINO),
  widen('cloudformation:UpdateStack', 'change a stack, with the rights of its role', BISHOP_FOX),
  widen(
    'cloudformation:CreateChangeSet cloudformation:ExecuteChangeSet',
    'change a stack, with the rights of its role',
    `${DATADOG}cloudformation-005`,
  ),
  widen(
    'codebuild:StartBuild',
    'run commands of theirs in a build, with the rights of its role',
    `${DATADOG}codebuild-002`,
  ),
  widen(
    'codebuild:StartBuildBatch',
    'run commands of theirs in a build, with the rights of its role',
    `${DATADOG}codebuild-003`,
  ),
  widen(
    'apprunner:UpdateService',
    'run a container of theirs in a service, with the rights of its role',
    `${DATADOG}apprunner-002`,
  ),
  widen(
    'bedrock-agentcore:StartCodeInterpreterSession bedrock-agentcore:InvokeCodeInterpreter',
    'run code in an interpreter, with the rights of its role',
    `${DATADOG}bedrock-002`,
  ),
  widen(
    'sagemaker:CreatePresignedNotebookInstanceUrl',
    'open a notebook, with the rights of its role',
    BISHOP_FOX,
  ),
  widen(
    'sagemaker:CreateNotebookInstanceLifecycleConfig sagemaker:StopNotebookInstance sagemaker:UpdateNotebookInstance sagemaker:StartNotebookInstance',
    'run a script of theirs in a notebook, with the rights of its role',
    `${DATADOG}sagemaker-005`,
  ),
  widen(
    'ec2:ModifyInstanceAttribute ec2:StopInstances ec2:StartInstances',
    'run a script of theirs on an instance, with the rights of its role',
    `${DATADOG}ec2-002`,
  ),
  widen(
    'ec2:CreateLaunchTemplateVersion ec2:ModifyLaunchTemplate',
    'run a script of theirs on the next instances, with the rights of their role',
    `${DATADOG}ec2-004`,
  ),
  widen(
    'ec2-instance-connect:SendSSHPublicKey',
    'log in to an instance, with the rights of its role',
    BISHOP_FOX,
  ),
  widen('ssm:StartSession', 'log in to an instance, with the rights of its role', BISHOP_FOX),
  widen('ssm:SendCommand', 'run commands on an instance, with the rights of its role', BISHOP_FOX),

  keep('iam:CreateAccessKey', 'make an access key of a user, which is good until somebody deletes it', RHINO),
  keep('iam:CreateLoginProfile', 'set a password for a user', RHINO),
  keep('iam:UpdateLoginProfile', 'change the password of a user', RHINO),
  keep('iam:UpdateAssumeRolePolicy', 'let themselves into a role, from anywhere', RHINO),
  keep('iam:CreateUser', 'make a user', `${AWS}list_awsidentityandaccessmanagementiam.html`),
  keep('iam:CreateRole', 'make a role that trusts them', `${AWS}list_awsidentityandaccessmanagementiam.html`),
  keep(
    'iam:CreateServiceSpecificCredential',
    'make a password for a service, of a user',
    `${AWS}list_awsidentityandaccessmanagementiam.html`,
  ),
  keep(
    'iam:UploadSSHPublicKey',
    'give a user an SSH key of theirs',
    `${AWS}list_awsidentityandaccessmanagementiam.html`,
  ),
  keep(
    'iam:CreateSAMLProvider',
    'let in whom their own identity provider vouches for',
    `${AWS}list_awsidentityandaccessmanagementiam.html`,
  ),
  keep(
    'iam:UpdateSAMLProvider',
    'let in whom their own identity provider vouches for',
    `${AWS}list_awsidentityandaccessmanagementiam.html`,
  ),
  keep(
    'iam:CreateOpenIDConnectProvider',
    'let in whom their own identity provider vouches for',
    `${AWS}list_awsidentityandaccessmanagementiam.html`,
  ),
  keep(
    'rolesanywhere:CreateTrustAnchor',
    'let in whom their own certificates vouch for',
    `${AWS}list_awsidentityandaccessmanagementrolesanywhere.html`,
  ),
  keep('lambda:AddPermission', 'let another account call a function', RHINO),
  keep(
    'lambda:CreateFunctionUrlConfig',
    'give a function an address that anybody can call',
    `${AWS}list_awslambda.html`,
  ),
  keep('s3:PutBucketPolicy', 'open a bucket to another account', `${AWS}list_amazons3.html`),
  keep('kms:PutKeyPolicy', 'open a key to another account', `${AWS}list_awskeymanagementservice.html`),
  keep(
    'kms:CreateGrant',
    'give another principal the use of a key',
    `${AWS}list_awskeymanagementservice.html`,
  ),
  keep(
    'secretsmanager:PutResourcePolicy',
    'open a secret to another account',
    `${AWS}list_awssecretsmanager.html`,
  ),
  keep(
    'ecr:SetRepositoryPolicy',
    'open a repository to another account',
    `${AWS}list_amazonelasticcontainerregistry.html`,
  ),
  keep('sns:AddPermission', 'open a topic to another account', `${AWS}list_amazonsns.html`),
  keep('sqs:AddPermission', 'open a queue to another account', `${AWS}list_amazonsqs.html`),
  keep('sqs:SetQueueAttributes', 'open a queue to another account', `${AWS}list_amazonsqs.html`),
  keep('ec2:ModifySnapshotAttribute', 'share a snapshot with another account', `${AWS}list_amazonec2.html`),
  keep('ec2:ModifyImageAttribute', 'share an image with another account', `${AWS}list_amazonec2.html`),
  keep(
    'rds:ModifyDBSnapshotAttribute',
    'share a database snapshot with another account',
    `${AWS}list_amazonrds.html`,
  ),
  keep(
    'ec2:CreateKeyPair ec2:RunInstances',
    'start an instance that they can log in to later',
    `${AWS}list_amazonec2.html`,
  ),
  keep(
    'sso:CreateAccountAssignment',
    'give themselves a permission set',
    `${AWS}list_awsiamidentitycenter.html`,
  ),
];
