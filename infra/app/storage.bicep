metadata description = 'Storage of the function app: its package and the durable state. Reached with the app\'s identity alone, keys are switched off.'

/*** PARAMETERS ***/

@description('Name of the storage account, 3 to 24 lower-case letters and digits.')
@minLength(3)
@maxLength(24)
param name string

@description('Object id of the identity that reads and writes blobs, queues and tables.')
param ownerPrincipalId string

@description('Location of the account.')
param location string

@description('Tags of the account.')
param tags object

/*** VARIABLES ***/

// What the Functions host and the Durable extension ask for with identity-based connections
// (learn.microsoft.com/azure/azure-functions/durable/durable-functions-configure-managed-identity).
var dataRoleIds = {
  'Storage Blob Data Owner': 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  'Storage Queue Data Contributor': '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  'Storage Table Data Contributor': '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
}

var packageContainerName = 'app-package'

/*** RESOURCES ***/

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: 'Standard_LRS'
  }
  properties: {
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }

  resource blobs 'blobServices' = {
    name: 'default'

    resource packages 'containers' = {
      name: packageContainerName
    }
  }
}

resource dataRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in items(dataRoleIds): {
    scope: account
    name: guid(account.id, role.value, ownerPrincipalId)
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.value)
      principalId: ownerPrincipalId
      principalType: 'ServicePrincipal'
    }
  }
]

/*** OUTPUTS ***/

@description('Name of the account, for identity-based connections.')
output name string = account.name

@description('The container that Flex Consumption takes the app\'s package from.')
output packageContainerUrl string = '${account.properties.primaryEndpoints.blob}${packageContainerName}'
