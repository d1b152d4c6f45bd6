metadata description = 'Storage for events that Event Grid could not deliver. An account of its own, because Event Grid writes dead letters with the account\'s key unless the topic has an identity, and topics of resource groups can have none (learn.microsoft.com/azure/event-grid/enable-identity-system-topics).'

/*** PARAMETERS ***/

@description('Name of the storage account, 3 to 24 lower-case letters and digits.')
@minLength(3)
@maxLength(24)
param name string

@description('Days after which a dead letter is deleted.')
@minValue(1)
param retentionInDays int

@description('Object id of the app\'s identity, which names the container in event subscriptions.')
param subscriberPrincipalId string

@description('Resource id of the role that whoever names the container needs.')
param eventReceiverRoleId string

@description('Location of the account.')
param location string

@description('Tags of the account.')
param tags object

/*** VARIABLES ***/

var containerName = 'dead-letters'

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
    // For Event Grid, see above. Nothing else is kept here.
    allowSharedKeyAccess: true
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }

  resource blobs 'blobServices' = {
    name: 'default'

    resource letters 'containers' = {
      name: containerName
    }
  }

  resource retention 'managementPolicies' = {
    name: 'default'
    properties: {
      policy: {
        rules: [
          {
            name: 'forget'
            type: 'Lifecycle'
            definition: {
              filters: {
                blobTypes: ['blockBlob']
              }
              actions: {
                baseBlob: {
                  delete: {
                    daysAfterModificationGreaterThan: retentionInDays
                  }
                }
              }
            }
          }
        ]
      }
    }
  }
}

resource receiver 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account
  name: guid(account.id, eventReceiverRoleId, subscriberPrincipalId)
  properties: {
    roleDefinitionId: eventReceiverRoleId
    principalId: subscriberPrincipalId
    principalType: 'ServicePrincipal'
  }
}

/*** OUTPUTS ***/

@description('Resource id of the container, for event subscriptions.')
output containerId string = account::blobs::letters.id
